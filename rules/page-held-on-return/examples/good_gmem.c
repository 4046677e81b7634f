/* Released on the way out, or before; and what another function was given is its business. */
static int private_fault(struct kvm_vcpu *v, struct slot *s, gfn_t gfn)
{
	struct page *pg;
	kvm_pfn_t pfn;
	int rc = kvm_gmem_get_pfn(v->kvm, s, gfn, &pfn, &pg, NULL);

	if (rc)
		return rc;
	if (v->dying) {
		kvm_release_page_unused(pg);
		return -EIO;
	}
	if (v->later)
		return queue_map(v, pg);

	rc = rmi_map(v, gfn, pfn);
	kvm_release_page_clean(pg);
	return rc;
}

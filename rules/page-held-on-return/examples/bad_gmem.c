/* The call says whether there is a page; then the map fails. */
static int private_fault(struct kvm_vcpu *v, struct slot *s, gfn_t gfn)
{
	struct page *pg;
	kvm_pfn_t pfn;
	int rc;

	rc = kvm_gmem_get_pfn(v->kvm, s, gfn, &pfn, &pg, NULL);
	if (rc)
		return rc;

	rc = rmi_map(v, gfn, pfn);
	if (rc)
		return rc; /* expect: page-held-on-return */

	kvm_release_page_clean(pg);
	return 0;
}

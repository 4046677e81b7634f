/* The check came later, and nobody looked at what is held by then. */
static int realm_fault(struct kvm_vcpu *v, struct slot *s, gfn_t gfn)
{
	struct page *page;
	kvm_pfn_t pfn;
	int rc;

	pfn = __kvm_faultin_pfn(s, gfn, 0, &v->writable, &page);
	if (is_error_noslot_pfn(pfn))
		return -EFAULT;

	if (vcpu_is_rec(v) && v->protected)
		return -EINVAL; /* expect: page-held-on-return */

	rc = rmi_map(v, gfn, pfn);
	kvm_release_faultin_page(v->kvm, page, !!rc, v->writable);
	return rc;
}

/* The twin. */
static int realm_fault(struct kvm_vcpu *v, struct slot *s, gfn_t gfn)
{
	struct page *page;
	kvm_pfn_t pfn;
	int rc = -EINVAL;

	pfn = __kvm_faultin_pfn(s, gfn, 0, &v->writable, &page);
	if (is_error_noslot_pfn(pfn))
		return -EFAULT;

	if (vcpu_is_rec(v) && v->protected)
		goto release;

	rc = rmi_map(v, gfn, pfn);
release:
	kvm_release_faultin_page(v->kvm, page, !!rc, v->writable);
	return rc;
}

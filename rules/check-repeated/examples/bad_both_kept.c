/* The second one returns with the page in hand. */
static int map_fault(struct kvm_vcpu *v, gpa_t at)
{
	struct page *page = fault_in(v, at);
	int rc = fault_status(page);

	if (!rc && vcpu_is_rec(v) && plain_gpa(v, at) == at)
		rc = -EINVAL;
	if (rc) {
		drop_page(page);
		return rc;
	}

	if (vcpu_is_rec(v) && plain_gpa(v, at) == at) /* expect: check-repeated */
		return -EINVAL;

	return rmi_map_page(v, at, page);
}

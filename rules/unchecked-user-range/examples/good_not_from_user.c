/* A range that the kernel itself made. */
static int rmi_walk(struct kvm *kvm, struct realm_region *rg)
{
	gpa_t end = rg->start + rg->size;

	if (rmi_set_state(kvm, rg->start, end))
		return -EINVAL;
	return 0;
}

/* The last byte instead of the end; the caller copies the request. */
static int rmi_init_range(struct kvm *kvm, struct realm_range *r)
{
	u64 last = (r->start + r->size) - 1; /* expect: unchecked-user-range */

	if (!PAGE_ALIGNED(r->start))
		return -EINVAL;
	return rmi_set_state(kvm, r->start, last);
}

long vm_ioctl(struct kvm *kvm, void __user *argp)
{
	struct realm_range range;

	if (copy_from_user(&range, argp, sizeof(range)))
		return -EFAULT;
	return rmi_init_range(kvm, &range);
}

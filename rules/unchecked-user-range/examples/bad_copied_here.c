/* The function itself copies the request in. */
static int rmi_ioctl_init(struct kvm *kvm, void __user *argp)
{
	struct realm_region rg;
	gpa_t end;

	if (copy_from_user(&rg, argp, sizeof(rg)))
		return -EFAULT;

	end = rg.len + rg.start; /* expect: unchecked-user-range */
	return rmi_set_state(kvm, rg.start, end);
}

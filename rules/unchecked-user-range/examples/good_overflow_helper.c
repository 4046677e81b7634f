/* check_add_overflow() says so itself. */
static int rmi_ioctl_init(struct kvm *kvm, void __user *argp)
{
	struct realm_region rg;
	gpa_t end;

	if (copy_from_user(&rg, argp, sizeof(rg)))
		return -EFAULT;

	if (check_add_overflow(rg.start, rg.len, &end))
		return -EINVAL;
	end = rg.start + rg.len;
	return rmi_set_state(kvm, rg.start, end);
}

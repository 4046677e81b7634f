/* An ioctl that only realms have. */
static long vm_call(struct kvm *vm, unsigned int nr, void __user *arg)
{
	switch (nr) {
	case REALM_FILL: {
		struct fill fill;

		if (!kvm_is_realm(vm))
			return -EPERM; /* expect: eperm-for-vm-type */
		if (copy_from_user(&fill, arg, sizeof(fill)))
			return -EFAULT;
		return realm_fill(vm, &fill);
	}
	}
	return -ENOTTY;
}

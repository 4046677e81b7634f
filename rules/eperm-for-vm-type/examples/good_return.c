/* The twin; and a state in which something is forbidden. */
static long vm_call(struct kvm *vm, unsigned int nr, void __user *arg)
{
	switch (nr) {
	case REALM_FILL: {
		struct fill fill;

		if (!kvm_is_realm(vm))
			return -ENXIO;
		if (realm_state_of(vm) != STATE_NEW)
			return -EPERM;
		if (copy_from_user(&fill, arg, sizeof(fill)))
			return -EFAULT;
		return realm_fill(vm, &fill);
	}
	}
	return -ENOTTY;
}

/* The errno is kept, once before the test and once behind it. */
static long vcpu_call(struct kvm_vcpu *v, unsigned int nr, void __user *arg)
{
	long r;

	switch (nr) {
	case REC_COMPLETE:
		r = -EPERM;
		if (!vcpu_is_rec(v)) /* expect: eperm-for-vm-type */
			break;
		r = rec_complete(v, arg);
		break;
	case REC_RESUME:
		if (vcpu_is_rec(v)) {
			r = rec_resume(v);
		} else {
			r = -EACCES; /* expect: eperm-for-vm-type */
		}
		break;
	default:
		r = -EINVAL;
	}
	return r;
}

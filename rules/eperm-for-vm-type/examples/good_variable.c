/* What realms do not allow is another matter, and so is a test that asks for more. */
static long vcpu_call(struct kvm_vcpu *v, unsigned int nr, void __user *arg)
{
	long r = -EPERM;

	switch (nr) {
	case WRITE_REG:
		if (vcpu_is_rec(v))
			break;
		r = write_reg(v, arg);
		break;
	case REC_COMPLETE:
		r = -ENXIO;
		if (!vcpu_is_rec(v))
			break;
		r = rec_complete(v, arg);
		break;
	case REC_RESUME:
		if (!vcpu_is_rec(v) || v->stopped)
			break;
		r = rec_resume(v);
		break;
	}
	return r;
}

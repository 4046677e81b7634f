/* At the call itself, the errno in a variable; and with a switch. */
static int run_rec(struct kvm_vcpu *v)
{
	int ret = 0;

	if (rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa)) { /* expect: rec-enter-one-errno */
		ret = -EIO;
		goto out;
	}
	ret = dispatch(v, v->arch.rec.run->exit.exit_reason);
out:
	leave_guest(v);
	return ret;
}

static int run_again(struct kvm_vcpu *v)
{
	unsigned long st = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);

	switch (RMI_RETURN_STATUS(st)) { /* expect: rec-enter-one-errno */
	case RMI_SUCCESS:
		return dispatch(v, v->arch.rec.run->exit.exit_reason);
	case RMI_ERROR_REALM:
		return 0;
	default:
		return -ENXIO;
	}
}

/* Told apart in a switch; handed on; and an errno that says "again" for all. */
static int run_rec(struct kvm_vcpu *v)
{
	unsigned long st = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);

	switch (RMI_RETURN_STATUS(st)) {
	case RMI_SUCCESS:
		return dispatch(v, v->arch.rec.run->exit.exit_reason);
	case RMI_ERROR_REC:
		return -EAGAIN;
	default:
		return -ENXIO;
	}
}

static int enter(struct kvm_vcpu *v)
{
	int st;

	guest_begin();
	st = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);
	guest_end();

	return st;
}

static int try_once(struct kvm_vcpu *v)
{
	if (rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa))
		return -EAGAIN;
	return dispatch(v, v->arch.rec.run->exit.exit_reason);
}

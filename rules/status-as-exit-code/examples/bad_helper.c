/* A helper of either way in, and a conditional. */
static int enter_any(struct kvm_vcpu *v)
{
	int st;

	if (!vcpu_is_rec(v))
		return enter_guest(v);

	st = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);
	return st;
}

static int run_any(struct kvm_vcpu *v)
{
	int code = enter_any(v);

	switch (ARM_EXCEPTION_CODE(code)) { /* expect: status-as-exit-code */
	case ARM_EXCEPTION_IRQ:
		return 1;
	}
	return 0;
}

static int run_either(struct kvm_vcpu *v)
{
	int code = vcpu_is_rec(v) ? rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa) : enter_guest(v);

	return ARM_SERROR_PENDING(code) ? -EIO : 0; /* expect: status-as-exit-code */
}

/* The caller does it. */
static int rec_run(struct kvm_vcpu *v)
{
	return rmi_rec_enter(v->rec_pa, v->run_pa);
}

int vcpu_run(struct kvm_vcpu *v)
{
	int rc;

	guest_state_enter_irqoff();
	rc = vcpu_is_rec(v) ? rec_run(v) : plain_run(v);
	guest_state_exit_irqoff();
	return rc;
}

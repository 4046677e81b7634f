/* One of two ways only. */
static int rec_run(struct kvm_vcpu *v, bool fast)
{
	int rc;

	if (!fast)
		guest_state_enter_irqoff();
	rc = rmi_rec_enter(v->rec_pa, v->run_pa); /* expect: no-guest-state */
	if (!fast)
		guest_state_exit_irqoff();
	return rc;
}

/* The twin. */
int noinstr rec_run(struct kvm_vcpu *v)
{
	unsigned long status;

	guest_state_enter_irqoff();
	status = rmi_rec_enter(v->rec_pa, v->run_pa);
	guest_state_exit_irqoff();
	return status ? -ENXIO : 0;
}

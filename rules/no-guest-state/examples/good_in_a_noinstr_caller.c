/* Made for a caller of another file that has made the call. */
int noinstr rec_run(struct kvm_vcpu *v)
{
	unsigned long status;

	mask_interrupts();
	status = rmi_rec_enter(v->rec_pa, v->run_pa);
	unmask_interrupts();
	return status ? -ENXIO : 0;
}

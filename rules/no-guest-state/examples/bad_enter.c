/* RCU waits for a CPU that runs a guest. */
int rec_run(struct kvm_vcpu *v)
{
	unsigned long status;

	status = rmi_rec_enter(v->rec_pa, v->run_pa); /* expect: no-guest-state */
	return status ? -ENXIO : 0;
}

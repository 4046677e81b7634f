/* The page lives as long as the vCPU. */
static int get_run_page(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	rec->shared = (void *)get_zeroed_page(GFP_KERNEL); /* expect: unaccounted-vm-page */
	return rec->shared ? 0 : -ENOMEM;
}

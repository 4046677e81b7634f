/* The twin. */
static int get_run_page(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	rec->shared = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return rec->shared ? 0 : -ENOMEM;
}

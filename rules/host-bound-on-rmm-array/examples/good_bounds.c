/* The array's own size, what the RMM reported, and an array of the host. */
static void rmi_lrs_in(struct kvm_vcpu *v, struct rec_run *run)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(run->exit.lrs); n++)
		v->lr[n] = run->exit.lrs[n];
	for (n = 0; n < rmm_features.lr_count; n++)
		v->lr[n] = run->exit.lrs[n];
	for (n = 0; n < host_gic.lr_count; n++)
		v->lr[n] = 0;
}

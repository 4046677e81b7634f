/* What the host's GIC has is no number of the RMM. */
static void rmi_lrs_out(struct kvm_vcpu *v)
{
	struct rec_run *run = v->arch.rec.run;
	int n;

	for (n = 0; n < host_gic.lr_count; n++) /* expect: host-bound-on-rmm-array */
		run->enter.lrs[n] = v->lr[n];
}

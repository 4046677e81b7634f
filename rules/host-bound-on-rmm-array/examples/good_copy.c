/* The twin. */
static void rmi_lrs_out(struct kvm_vcpu *v)
{
	struct rec_run *run = v->arch.rec.run;
	int n;

	for (n = 0; n < rmi_lr_count(); n++)
		run->enter.lrs[n] = v->lr[n];
}

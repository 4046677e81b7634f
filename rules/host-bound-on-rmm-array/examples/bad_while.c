/* By way of a local, in a while. */
static void rmi_lrs_in(struct kvm_vcpu *v, struct rec_run *run)
{
	int used = host_gic.lr_count;
	int n = 0;

	while (n < used) { /* expect: host-bound-on-rmm-array */
		v->lr[n] = run->exit.lrs[n];
		n++;
	}
}

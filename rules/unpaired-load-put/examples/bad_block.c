/* The REC is told apart by a block, and it is load that leaves something out. */
static void trap_enter(struct kvm_vcpu *v)
{
	bool rec = vcpu_is_rec(v);

	if (!rec) { /* expect: unpaired-load-put */
		pmu_start(v);
		fp_enter(v);
	}
	mark_running(v);
}

static void trap_exit(struct kvm_vcpu *v)
{
	pmu_stop(v);
	if (!vcpu_is_rec(v))
		fp_exit(v);
	mark_idle(v);
}

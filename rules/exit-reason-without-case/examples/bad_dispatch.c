/* An SError ends in the error for a reason nobody knows. */
#define RMI_EXIT_SYNC 0
#define RMI_EXIT_IRQ 1
#define RMI_EXIT_PSCI 3
#define RMI_EXIT_SERROR 6

int after_run(struct kvm_vcpu *v)
{
	struct rec_run *r = v->arch.rec.run;

	switch (r->exit.exit_reason) { /* expect: exit-reason-without-case */
	case RMI_EXIT_SYNC:
		return on_sync(v);
	case RMI_EXIT_IRQ:
		return 1;
	case RMI_EXIT_PSCI:
		return on_psci(v);
	}

	return -ENXIO;
}

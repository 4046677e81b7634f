/* Before the next entry only one of them needs work. */
#define RMI_EXIT_SYNC 0
#define RMI_EXIT_IRQ 1
#define RMI_EXIT_PSCI 3
#define RMI_EXIT_SERROR 6

int before_run(struct kvm_vcpu *v)
{
	struct rec_run *r = v->arch.rec.run;

	switch (r->exit.exit_reason) {
	case RMI_EXIT_PSCI:
		answer_psci(v);
		break;
	}

	return 1;
}

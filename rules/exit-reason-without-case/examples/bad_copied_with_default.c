/* By way of a local, and with a default. */
#define RMI_EXIT_SYNC 0
#define RMI_EXIT_IRQ 1
#define RMI_EXIT_PSCI 3
#define RMI_EXIT_SERROR 6

int after_run(struct rec_exit *out)
{
	u8 why = out->exit_reason;

	switch (why) { /* expect: exit-reason-without-case */
	case RMI_EXIT_SYNC:
	case RMI_EXIT_IRQ:
		return 1;
	case RMI_EXIT_PSCI:
		return 0;
	default:
		return -EINVAL;
	}
}

/* A reason of a feature that the host must ask for is worth a hint only. */
#define RMI_EXIT_SYNC 0
#define RMI_EXIT_IRQ 1
#define RMI_EXIT_VDEV_REQUEST 8

int after_run(struct rec_exit *out)
{
	switch (out->exit_reason) { /* expect: exit-reason-without-case info */
	case RMI_EXIT_SYNC:
		return 0;
	case RMI_EXIT_IRQ:
		return 1;
	}
	return -EINVAL;
}

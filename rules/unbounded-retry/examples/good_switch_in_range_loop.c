/* The twin: BUSY gives other work a chance. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long st, upto;

	while (at < limit) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			if (WARN_ON(upto <= at))
				return -ENXIO;
			at = upto;
			break;
		case RMI_BUSY:
			if (fatal_signal_pending(current))
				return -EINTR;
			cond_resched();
			break;
		default:
			return -ENXIO;
		}
	}

	return 0;
}

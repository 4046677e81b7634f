/* A 2.0 range loop: BUSY leaves the cursor where it is. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long st, upto;

	while (at < limit) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		switch (RMI_RETURN_STATUS(st)) { /* expect: unbounded-retry */
		case RMI_SUCCESS:
			if (WARN_ON(upto <= at))
				return -ENXIO;
			at = upto;
			break;
		case RMI_BUSY:
			break;
		default:
			return -ENXIO;
		}
	}

	return 0;
}

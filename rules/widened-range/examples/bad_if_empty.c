/* Rounded on one way only. */
static int claim(phys_addr_t lo, phys_addr_t hi, bool huge)
{
	unsigned long out;

	if (huge) {
		lo = ALIGN_DOWN(lo, PMD_SIZE); /* expect: widened-range */
		hi = ALIGN(hi, PMD_SIZE); /* expect: widened-range */
	}
	while (hi > lo) {
		switch (RMI_RETURN_STATUS(rmi_granule_range_delegate(lo, hi, &out))) {
		case RMI_SUCCESS:
			if (out <= lo)
				return -ENXIO;
			lo = out;
			break;
		default:
			return -EIO;
		}
	}

	return 0;
}

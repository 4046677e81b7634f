/* The walk stays where it is on purpose: the children have gone by then. */
static int drop_level(struct realm *r, int lvl, unsigned long from, unsigned long to)
{
	unsigned long at, nxt, page, st;

	for (at = from; at < to; at = nxt) {
		nxt = ALIGN(at + 1, level_span(lvl));
		st = rmi_rtt_destroy(r->rd_phys, at, lvl, &page, &nxt);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			give_back(page);
			break;
		case RMI_ERROR_RTT:
			if (nxt > at)
				break;
			if (drop_level(r, lvl + 1, at, ALIGN(at + 1, level_span(lvl))))
				return -EBUSY;
			nxt = at;
			break;
		default:
			return -ENXIO;
		}
	}

	return 0;
}

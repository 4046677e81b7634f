/* A cursor kept in a struct, advanced in a switch. */
static int set_ram(struct ripas_walk *w)
{
	unsigned long st, top;

	while (w->pos != w->end) {
		st = rmi_rtt_set_ripas(w->rd, w->rec, w->pos, w->end, &top);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			w->pos = top; /* expect: no-progress */
			break;
		case RMI_ERROR_RTT:
			if (add_table(w, RMI_RETURN_INDEX(st) + 1))
				return -ENOMEM;
			break;
		default:
			return -ENXIO;
		}
	}

	return 0;
}

/* The twin: what is left over is a failure as well. */
static int map_device(struct realm *r, unsigned long at, unsigned long end, phys_addr_t pa)
{
	int err = 0;

	for (; at < end; at += SZ_4K, pa += SZ_4K) {
		unsigned long st = rmi_vdev_map(r->rd_pa, r->vdev_pa, at, 3, pa);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			err = make_tables(r, at, RMI_RETURN_INDEX(st));
			if (!err)
				st = rmi_vdev_map(r->rd_pa, r->vdev_pa, at, 3, pa);
		}
		if (!err && st)
			err = -ENXIO;
		if (err)
			break;
	}
	return err;
}

/* The status of a creation is handed on. */
static unsigned long found(struct realm *r)
{
	unsigned long st = rmi_realm_create(r->rd_pa, r->params_pa);

	if (st == RMI_ERROR_INPUT)
		r->refused++;
	return st;
}

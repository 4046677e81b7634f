/* Tables are made where they are missing; any other failure passes for a mapping. */
static int map_device(struct realm *r, unsigned long at, unsigned long end, phys_addr_t pa)
{
	int err = 0;

	for (; at < end; at += SZ_4K, pa += SZ_4K) {
		unsigned long st = rmi_vdev_map(r->rd_pa, r->vdev_pa, at, 3, pa);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) { /* expect: dropped-status */
			err = make_tables(r, at, RMI_RETURN_INDEX(st));
			if (!err && rmi_vdev_map(r->rd_pa, r->vdev_pa, at, 3, pa))
				err = -ENXIO;
		}
		if (err)
			break;
	}
	return err;
}

/* The level stays what it was. */
static int fill_all(struct realm *r, unsigned long at, unsigned long end)
{
	int err = 0, level = 0;

	while (at < end) {
		unsigned long size = size_at(r, at);

		switch (size) {
		case SZ_4K:
			level = 3;
			break;
		case SZ_2M:
			level = 2;
			break;
		default:
			err = -EFAULT; /* expect: break-leaves-switch */
			break;
		}

		err = rmi_errno(rmi_data_create(r->rd_pa, at, level));
		if (err)
			break;
		at += size;
	}
	return err;
}

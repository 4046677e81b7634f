/* An error is enough for a range that cannot be opened. */
static int level_for(struct realm *r, u64 at, u64 end)
{
	return IS_ALIGNED(at, SZ_2M) && at + SZ_2M <= end ? 2 : 3;
}

static int open_range(struct realm *r, u64 at, u64 end)
{
	while (at < end) {
		unsigned long st = rmi_rtt_init_ripas(r->rd_phys, at, end, &at);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			int seen = RMI_RETURN_INDEX(st);
			int want = level_for(r, at, end);

			if (seen >= want)
				return -EINVAL;
			if (add_tables(r, at, seen, want))
				return -ENOMEM;
		} else if (st) {
			return -ENXIO;
		}
	}
	return 0;
}

static int open_asked(struct realm *r, struct open_args *args)
{
	u64 at = args->base;
	u64 end = at + args->size;

	return end < at ? -EINVAL : open_range(r, at, end);
}

long open_ioctl(struct realm *r, void __user *arg)
{
	struct open_args args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	return open_asked(r, &args);
}

/* Any VMM can name a range that the RMM has tables for already. */
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

			if (WARN_ON(seen >= want))	/* expect: warn-on-input */
				return -ENXIO;
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

/* A copy that is allocated. */
int set_hash(struct realm *r, void __user *arg)
{
	struct hash_args *asked = memdup_user(arg, sizeof(*asked));

	if (IS_ERR(asked))
		return PTR_ERR(asked);
	WARN_ON(asked->algo > LAST_ALGO);	/* expect: warn-on-input */
	r->algo = asked->algo;
	return rmi_realm_set(r->rd_phys, r->algo);
}

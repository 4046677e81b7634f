/* The outer loop gives way, so that the inner one is never long. */
static int populate_chunk(struct kvm *kvm, struct realm *r, u64 from, u64 to)
{
	for (; from < to; from += PAGE_SIZE) {
		if (rmi_data_create(r->rd_phys, next_page(r), from, r->src, 0))
			return -ENXIO;
	}
	return 0;
}

int populate_realm(struct kvm *kvm, struct realm *r, struct fill_args *args)
{
	u64 at = args->base, end = args->base + args->size;

	while (at != end) {
		u64 stop = min(end, at + SZ_2M);

		if (populate_chunk(kvm, r, at, stop))
			return -ENXIO;
		at = stop;
		cond_resched();
	}
	return 0;
}

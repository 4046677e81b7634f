/* A buffer's own size is rounded up: the host allocated all of it. */
static int share_log(struct rme_log *log, size_t want)
{
	size_t bytes = ALIGN(want, SZ_64K);

	log->mem = alloc_pages_exact(bytes, GFP_KERNEL);
	if (!log->mem)
		return -ENOMEM;
	log->bytes = bytes;

	return rmi_delegate_range(virt_to_phys(log->mem), bytes) ? -ENXIO : 0;
}

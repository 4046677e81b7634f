/* The twin. */
static int lend_pool(struct rme_pool *pool)
{
	long pos;

	for (pos = 0; pos < pool->bytes; pos += pool->chunk) {
		if (rmi_delegate_range(pool->base + pos, pool->chunk))
			goto back;
	}

	return 0;

back:
	for (pos -= pool->chunk; pos >= 0; pos -= pool->chunk)
		WARN_ON(rmi_undelegate_range(pool->base + pos, pool->chunk));

	return -ENXIO;
}

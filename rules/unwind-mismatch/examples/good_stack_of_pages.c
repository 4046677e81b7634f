/* A count of pages in a pool, taken one by one. */
static void drain(struct pool *pool, int nr)
{
	int left = 0, k;

	for (k = 0; k < nr; k++) {
		pool_fill(pool, 4);
		left += 4;
	}
	while (left-- > 0)
		WARN_ON(rmi_granule_undelegate(pool_pop(pool)));
}

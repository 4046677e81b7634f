/* put_page() by way of a folio; kmem_cache_free's last argument. */
static void drop_slot(struct kmem_cache *cache, void *slot)
{
	unsigned long st = rmi_granule_undelegate(__pa(slot)); /* expect: free-after-failed-undelegate */

	if (st)
		pr_warn("slot: %#lx\n", st);
	kmem_cache_free(cache, slot);
}

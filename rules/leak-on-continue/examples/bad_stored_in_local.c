/* The helper puts the page where its pointer says: into a local that the next turn sets anew. */
static int lend_page(void *page, void **slot)
{
	if (slot)
		*slot = page;

	return rmi_delegate_page(virt_to_phys(page));
}

int fill(struct pool *pool, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		void *page = (void *)get_zeroed_page(GFP_KERNEL), *last;

		if (!page)
			return -ENOMEM;
		if (lend_page(page, &last))
			continue;	/* expect: leak-on-continue */
		pool->slots[pool->used++] = page;
	}

	return 0;
}

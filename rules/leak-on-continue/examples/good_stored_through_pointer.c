/* The helper puts the page where its pointer says, and that outlives the turn. */
static int lend_page(void *page, void **slot)
{
	*slot = page;

	return rmi_delegate_page(virt_to_phys(page));
}

int fill(struct pool *pool, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		void *page = (void *)get_zeroed_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		if (lend_page(page, &pool->slots[i]))
			continue;
	}

	return 0;
}

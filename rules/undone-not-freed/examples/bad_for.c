/* A for loop, and one array only. */
static int lend_pages(struct pool *pool, int nr)
{
	int done;

	for (done = 0; done < nr; done++) {
		void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

		if (!va || rmi_delegate_page(virt_to_phys(va)))
			goto undo;
		pool->vas[done] = va;
	}
	return 0;

undo:
	for (; done > 0; done--)
		WARN_ON(rmi_undelegate_page(virt_to_phys(pool->vas[done - 1]))); /* expect: undone-not-freed */
	pool_free_all(pool->vas, done);
	return -ENXIO;
}

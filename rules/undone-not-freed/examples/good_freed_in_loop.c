/* Each page is freed where it comes back. */
static int lend_pages(struct pool *pool, int nr)
{
	int done;

	for (done = 0; done < nr; done++) {
		void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

		if (!va)
			goto undo;
		if (rmi_delegate_page(virt_to_phys(va))) {
			free_page((unsigned long)va);
			goto undo;
		}
		pool->vas[done] = va;
	}
	return 0;

undo:
	while (done > 0) {
		done--;
		if (!WARN_ON(rmi_undelegate_page(virt_to_phys(pool->vas[done]))))
			free_page((unsigned long)pool->vas[done]);
	}
	return -ENXIO;
}

/* A helper whose body is in sight writes its progress through a pointer: nothing is kept by that. */
int rmi_delegate_range(phys_addr_t phys, unsigned long size, phys_addr_t *out_phys)
{
	phys_addr_t top = phys + size, next;
	int err = 0;

	while (phys < top) {
		if (rmi_granule_range_delegate(phys, top, &next) || next <= phys) {
			err = -ENXIO;
			break;
		}
		phys = next;
	}

	if (out_phys)
		*out_phys = phys;

	return err;
}

static inline int rmi_delegate_page(phys_addr_t phys)
{
	return rmi_delegate_range(phys, PAGE_SIZE, NULL);
}

int donate_pages(struct rmi_sro_state *sro, unsigned long count, gfp_t gfp)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		struct page *page = alloc_page(gfp);

		if (!page)
			break;
		if (rmi_delegate_page(page_to_phys(page)))
			continue;			/* expect: leak-on-continue */
		sro->addr_list[sro->addr_count++] = page_to_phys(page);
	}

	return sro->addr_count ? 0 : -ENOMEM;
}

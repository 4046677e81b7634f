/* No entry is stored that there is no room for. */
struct lent {
	u64 nr;
	u64 page[64];
};

static int lend(struct lent *l, unsigned int want)
{
	while (want--) {
		u64 va;

		if (l->nr >= ARRAY_SIZE(l->page))
			return -ENOSPC;
		va = get_zeroed_page(GFP_KERNEL);
		if (!va)
			return -ENOMEM;
		if (rmi_granule_delegate(virt_to_phys((void *)va))) {
			free_page(va);
			return -ENXIO;
		}
		l->page[l->nr++] = va;
	}
	return 0;
}

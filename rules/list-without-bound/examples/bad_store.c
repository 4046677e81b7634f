/* The RMM asks for as many pages as it likes. */
struct lent {
	u64 nr;
	u64 page[64];
};

static int lend(struct lent *l, unsigned int want)
{
	while (want--) {
		u64 va = get_zeroed_page(GFP_KERNEL);

		if (!va)
			return -ENOMEM;
		if (rmi_granule_delegate(virt_to_phys((void *)va))) {
			free_page(va);
			return -ENXIO;
		}
		l->page[l->nr++] = va;	/* expect: list-without-bound */
	}
	return 0;
}

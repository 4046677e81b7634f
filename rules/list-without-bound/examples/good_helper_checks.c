/* A helper of the file looks whether there is room. */
struct lent {
	u64 nr;
	u64 page[64];
};

static bool is_left(struct lent *l, u64 want)
{
	return l->nr + want <= 64;
}

static int lend(struct lent *l, u64 want)
{
	if (!is_left(l, want))
		return -ENOSPC;
	while (want--) {
		u64 va = get_zeroed_page(GFP_KERNEL);

		if (!va || rmi_granule_delegate(virt_to_phys((void *)va)))
			return -ENOMEM;
		l->page[l->nr++] = va;
	}
	return 0;
}

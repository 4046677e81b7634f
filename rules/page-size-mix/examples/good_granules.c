/* One name for the one size. */
static int lend_host_page(phys_addr_t pa)
{
	return rmi_granule_delegate(pa) ? -ENXIO : 0;
}

int realm_setup(struct realm *r)
{
	if (PAGE_SIZE != SZ_4K) {
		pr_info("pages of the host are too large\n");
		return -ENODEV;
	}
	return lend_host_page(r->pa);
}

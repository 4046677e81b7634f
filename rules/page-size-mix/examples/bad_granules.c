/* Hosts with other pages never get here, and still the page is taken apart. */
#define RMM_UNIT_SHIFT 12
#define RMM_UNIT BIT(RMM_UNIT_SHIFT)

static int lend_host_page(phys_addr_t pa)
{
	unsigned int done = 0;

	while (done < PAGE_SIZE) {	/* expect: page-size-mix */
		if (rmi_granule_delegate(pa + done))
			goto undo;
		done += RMM_UNIT;
	}
	return 0;

undo:
	while (done) {
		done -= RMM_UNIT;
		WARN_ON(rmi_granule_undelegate(pa + done));
	}
	return -ENXIO;
}

int realm_setup(struct realm *r)
{
	if (PAGE_SIZE != SZ_4K) {
		pr_info("pages of the host are too large\n");
		return -ENODEV;
	}
	return lend_host_page(r->pa);
}

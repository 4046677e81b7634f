/* The error path frees the run page; the destructor goes by the pointer. */
struct rec_state {
	struct rec_run *run;
	void *page;
};

int rec_setup(struct rec_state *rs, unsigned long rd)
{
	rs->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!rs->run)
		return -ENOMEM;

	if (rmi_rec_create(rd, virt_to_phys(rs->run))) {
		free_page((unsigned long)rs->run); /* expect: freed-not-nulled */
		return -ENXIO;
	}

	return 0;
}

void rec_teardown(struct rec_state *rs)
{
	if (!rs->run)
		return;
	WARN_ON(rmi_rec_destroy(virt_to_phys(rs->page)));
	free_page((unsigned long)rs->run);
}

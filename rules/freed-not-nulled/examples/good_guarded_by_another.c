/* The page stays set, but the destructor goes by the other member, which does not. */
struct rec_state {
	void *run;
	void *page;
};

int rec_setup(struct rec_state *rs, unsigned long rd)
{
	int err = -ENOMEM;

	rs->page = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	rs->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!rs->page || !rs->run)
		goto out;
	err = rmi_rec_create(rd, virt_to_phys(rs->page)) ? -ENXIO : 0;
	if (!err)
		return 0;
out:
	free_page((unsigned long)rs->run);
	free_page((unsigned long)rs->page);
	rs->run = NULL;
	return err;
}

void rec_teardown(struct rec_state *rs)
{
	if (!rs->run)
		return;
	free_page((unsigned long)rs->run);
	WARN_ON(rmi_rec_destroy(virt_to_phys(rs->page)));
	free_page((unsigned long)rs->page);
}

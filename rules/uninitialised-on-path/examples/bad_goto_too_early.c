/* The first failure comes to the label before the page was taken. */
static int make_rec(struct realm *r, struct rec *rec)
{
	unsigned long params, page;
	int err = -ENOMEM;

	params = get_zeroed_page(GFP_KERNEL);
	if (!params)
		goto out;
	page = get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!page)
		goto out;
	err = rmi_rec_create(r->rd_phys, virt_to_phys(page), params);
	if (!err)
		rec->page = page;
out:
	free_page(params);
	free_page(err ? page : 0); /* expect: uninitialised-on-path */
	return err;
}

/* The label frees one of the two pages. */
int add_rec(struct realm *r, struct realm_rec *rec)
{
	unsigned long params, obj, st;
	int err = -ENXIO;

	params = get_zeroed_page(GFP_KERNEL);
	if (!params)
		return -ENOMEM;
	obj = __get_free_page(GFP_KERNEL_ACCOUNT);
	if (!obj) {
		free_page(params);
		return -ENOMEM;
	}

	st = rmi_granule_delegate(__pa(obj));
	if (st != RMI_SUCCESS)
		goto out;
	rec->obj = obj;
	err = 0;
out:
	free_page(params);
	return err; /* expect: leak-on-return */
}

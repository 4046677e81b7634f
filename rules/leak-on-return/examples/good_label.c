/* Both pages, and what cannot be taken back stays lost. */
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
		goto out_obj;
	if (rmi_rec_create(r->rd_pa, __pa(obj), __pa(params))) {
		if (WARN_ON(rmi_granule_undelegate(__pa(obj))))
			goto out;
		goto out_obj;
	}
	rec->obj = obj;
	err = 0;
	goto out;
out_obj:
	free_page(obj);
out:
	free_page(params);
	return err;
}

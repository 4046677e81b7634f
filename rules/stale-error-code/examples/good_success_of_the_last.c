/* The twin. */
static int make_realm(struct realm *r, phys_addr_t rd, phys_addr_t params)
{
	int rc;

	rc = lend_root(r);
	if (rc)
		goto err_free;

	if (rmi_realm_create(rd, params)) {
		rc = -ENXIO;
		goto err_root;
	}

	r->rd_phys = rd;
	return 0;

err_root:
	return_root(r);
err_free:
	release_rd(r);
	return rc;
}

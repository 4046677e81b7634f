/* Kept and looked at. */
static int fill(struct realm *r, phys_addr_t pa, unsigned long ipa)
{
	unsigned long st;

	if (measure(r, ipa))
		goto err_destroy;
	return rmi_realm_activate(r->rd_pa) ? -ENXIO : 0;

err_destroy:
	st = rmi_data_destroy(r->rd_pa, ipa, NULL, NULL);
	if (st || WARN_ON(rmi_granule_undelegate(pa)))
		get_page(phys_to_page(pa));
	return -ENXIO;
}

/* On the way out; the undelegation behind the one of them tells. */
static int fill(struct realm *r, phys_addr_t pa, unsigned long ipa)
{
	if (measure(r, ipa))
		goto err_destroy;
	rmi_realm_activate(r->rd_pa); /* expect: dropped-status */
	return 0;

err_destroy:
	rmi_data_destroy(r->rd_pa, ipa, NULL, NULL); /* expect: dropped-status info */
	if (WARN_ON(rmi_granule_undelegate(pa)))
		get_page(phys_to_page(pa));
	return -ENXIO;
}

static void give_back(phys_addr_t pa)
{
	rmi_granule_undelegate(pa); /* expect: dropped-status */
}

/* One by one, and the code in a variable. */
static int map_all(struct realm *r, phys_addr_t pa, unsigned long ipa, unsigned long end)
{
	int err = 0;

	for (; ipa < end; ipa += SZ_4K, pa += SZ_4K) {
		if (rmi_granule_delegate(pa))
			goto out;
		err = rmi_data_create_unknown(r->rd_pa, pa, ipa) ? -ENXIO : 0;
		if (err)
			return err;
	}
	return err;
out:
	put_realm(r);
	return 0; /* expect: success-for-half-a-range */
}

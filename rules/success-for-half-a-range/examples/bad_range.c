/* A part of the range may have been delegated. */
static int map_block(struct realm *r, phys_addr_t pa, unsigned long ipa, unsigned long size)
{
	if (realm_delegate_range(pa, size)) {
		/* another vCPU was faster */
		return 0; /* expect: success-for-half-a-range */
	}
	return rmi_rtt_data_map(r->rd_pa, ipa, pa) ? -ENXIO : 0;
}

/* A NULL argument that goes to the RMM by way of a local. */
int make_rec(struct realm *realm, struct rec_params *params)
{
	unsigned long ret;
	phys_addr_t pa;

	WARN_ON(!params);				/* expect: warn-and-continue */
	pa = virt_to_phys(params);
	ret = rmi_rec_create(virt_to_phys(realm->rd), realm->rec_pa, pa);

	return ret ? -ENXIO : 0;
}

/* A field of an argument found to be NULL, whose physical address then goes to the RMM. */
int make_rec(struct realm *realm)
{
	WARN_ON(!realm->params);			/* expect: warn-and-continue */

	return rmi_rec_create(realm->rd_pa, realm->rec_pa, virt_to_phys(realm->params)) ? -ENXIO : 0;
}

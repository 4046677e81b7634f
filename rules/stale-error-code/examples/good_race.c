/* Somebody else was faster: success, and said so. */
static int back_page(struct realm *r, unsigned long ipa, phys_addr_t pa)
{
	int rc = 0;

	if (rmi_delegate_page(pa)) {
		/* Another vCPU took the same fault: let it finish */
		return rc;
	}
	rc = map_one(r, ipa, pa);

	return rc;
}

/* The other way round, in a while loop and a do/while. */
static int give_aux(phys_addr_t *page, unsigned int nr)
{
	long n = 0;

	while (n < nr) {
		if (rmi_delegate_page(page[n]))
			break;
		n++;
	}
	if (n == nr)
		return 0;

	do {
		n -= RMM_PAGE_SIZE; /* expect: unwind-mismatch */
		if (n >= 0)
			WARN_ON(rmi_undelegate_page(page[n]));
	} while (n > 0);

	return -EBUSY;
}

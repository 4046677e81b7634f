/* The twin. */
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

	while (n-- > 0)
		WARN_ON(rmi_undelegate_page(page[n]));

	return -EBUSY;
}

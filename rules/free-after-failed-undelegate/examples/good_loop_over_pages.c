/* The twin. */
static void drop_aux(struct page **aux, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		struct page *page = aux[i];

		if (WARN_ON_ONCE(rmi_granule_undelegate(page_to_phys(page)))) {
			/* Leak it */
			continue;
		}
		__free_page(page);
	}
}

/* One struct page after the other. */
static void drop_aux(struct page **aux, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		struct page *page = aux[i];

		if (rmi_granule_undelegate(page_to_phys(page)) == RMI_BUSY) /* expect: free-after-failed-undelegate */
			pr_warn_once("granule is busy\n");
		__free_page(page);
	}
}

/* The status in a variable, a folio instead of a page. */
static int take_back(struct folio *folio)
{
	int err = rmi_undelegate_range(folio_phys(folio), folio_size(folio));

	if (err) {
		folio_get(folio); /* expect: leak-by-reference */
		return -EBUSY;
	}
	return 0;
}

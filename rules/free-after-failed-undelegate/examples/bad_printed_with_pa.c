/* The address is printed with %pa, that is by &pa, before the free: the report is lost. With %llx and pa it is found. %pa is how the kernel prints a phys_addr_t. */
void drop_pdev(struct cca_pdev *pdev)
{
	phys_addr_t pa = virt_to_phys(pdev->rmm_pdev);
	int err;

	err = rmi_undelegate_page(pa);			/* expect: free-after-failed-undelegate */
	if (err)
		pr_err("the RMM keeps %pa: %d\n", &pa, err);
	free_page((unsigned long)pdev->rmm_pdev);
}

void drop_page(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);

	if (rmi_undelegate_page(pa))			/* expect: free-after-failed-undelegate */
		pr_warn_ratelimited("cannot reclaim %pa\n", &pa);
	__free_page(page);
}

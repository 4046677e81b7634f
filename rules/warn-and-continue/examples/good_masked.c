/* What is wrong with the value is cut off before anyone sees it. */
static unsigned long one_page_desc(struct arm_smccc_res *res)
{
	unsigned long pa = res->a1;

	WARN_ON(pa & ~RMI_PA_MASK);

	return (pa & RMI_PA_MASK) | RMI_ONE_PAGE;
}

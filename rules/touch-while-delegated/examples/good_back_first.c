/* Read and cleared after it came back; where the RMM keeps it, nobody looks. */
int take_result(struct realm *r, void *page, u64 *out)
{
	u64 *words = page;

	if (rmi_delegate_page(virt_to_phys(words)))
		return -ENXIO;
	r->rounds++;
	if (WARN_ON(rmi_undelegate_page(virt_to_phys(words))))
		return -EBUSY;
	*out = words[0];
	memset(words, 0, PAGE_SIZE);
	return 0;
}

/* The middle is rounded inward; head and tail go by pages. */
static int lend(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t mid = ALIGN(start, PMD_SIZE);
	phys_addr_t tail = ALIGN_DOWN(end, PMD_SIZE);
	int err;

	if (mid >= tail)
		return rmi_delegate_range(start, end - start);
	err = rmi_delegate_range(start, mid - start);
	if (!err)
		err = rmi_delegate_range(mid, tail - mid);
	if (!err)
		err = rmi_delegate_range(tail, end - tail);
	return err;
}

/* A test whether it is aligned, no rounding that reaches a call. */
static int lend(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t down = ALIGN_DOWN(start, SZ_2M);

	if (down != start)
		return -EINVAL;

	return rmi_delegate_range(start, end - start);
}

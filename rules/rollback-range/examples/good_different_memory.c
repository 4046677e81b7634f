/* Two ranges: the second fails, the first is taken back. */
static int lend_two(struct span *a, struct span *b)
{
	if (rmi_delegate_range(a->base, a->bytes))
		return -ENXIO;
	if (rmi_delegate_range(b->base, b->bytes)) {
		WARN_ON(rmi_undelegate_range(a->base, a->bytes));
		return -ENXIO;
	}
	return 0;
}

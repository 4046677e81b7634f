/* The results are collected with |= and looked at after the frees. */
int drop_both(struct realm *r)
{
	int st = 0;

	st |= rmi_undelegate_page(virt_to_phys(r->rd));	/* expect: free-after-failed-undelegate */
	free_page((unsigned long)r->rd);

	return st ? -EBUSY : 0;
}

/* The truth values of several WARNs are collected in the variable that an errno function returns. */
int teardown(struct realm *realm)
{
	int ret = 0;

	if (!realm->rd)
		return -EINVAL;

	ret |= WARN_ON(rmi_realm_destroy(realm->rd_pa));	/* expect: warn-as-status warning */
	ret |= WARN_ON(rmi_undelegate_page(realm->rd_pa));	/* expect: warn-as-status warning */

	return ret;
}

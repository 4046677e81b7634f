/* Ordinary guests lose the old interrupt controller as well. */
int gic_probe(struct gic_info *info)
{
	int rc = 0;

	if (!static_branch_unlikely(&rmi_usable))
		gic_state.emulates_v2 = true; /* expect: host-wide-key */

	rc = register_gic(info);
	return rc;
}

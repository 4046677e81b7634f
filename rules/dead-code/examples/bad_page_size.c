/* The page size is no run-time question. */
static int pick_granule(struct rmi_setup *setup)
{
	switch (PAGE_SIZE) {
	case SZ_4K:
		setup->granule = 0;
		break;
	case SZ_64K:
		setup->granule = 2;
		break;
	default:
		pr_err("no such granule\n"); /* expect: dead-code */
		return -EINVAL;
	}
	return rmi_setup(setup);
}

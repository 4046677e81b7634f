/* The twin. */
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
		BUILD_BUG();
	}
	return rmi_setup(setup);
}

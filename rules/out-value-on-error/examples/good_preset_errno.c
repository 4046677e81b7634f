/* The errno is preset, the call stands in a branch and sets it by ?:, and the test of the errno covers both. With `ret = call` it is silent. */
static inline unsigned long rmi_pdev_get_state(phys_addr_t pdev, unsigned long *state)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(SMC_RMI_PDEV_GET_STATE, pdev, &res);
	if (res.a0 == RMI_SUCCESS)
		*state = res.a1;

	return res.a0;
}

long read_state(struct cca_pdev *pdev)
{
	unsigned long state;
	int ret = -ENODEV;

	if (pdev->present)
		ret = rmi_pdev_get_state(pdev->pa, &state) ? -EIO : 0;
	if (ret)
		return ret;

	return state;
}

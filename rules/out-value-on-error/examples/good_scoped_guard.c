/* The body of scoped_guard() always runs, once; it is taken for one that may not run. */
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

	scoped_guard(mutex, &pdev->lock) {
		if (rmi_pdev_get_state(pdev->pa, &state))
			return -EIO;
	}

	return state;
}

/* The out-value and the result share one declaration, the call is the initialiser: said to be "never called". In two declarations it is silent. */
static inline unsigned long rmi_pdev_get_state(phys_addr_t pdev, unsigned long *state)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(SMC_RMI_PDEV_GET_STATE, pdev, &res);
	if (res.a0 == RMI_SUCCESS)
		*state = res.a1;

	return res.a0;
}

int note_state(struct cca_pdev *pdev)
{
	unsigned long state, ret = rmi_pdev_get_state(pdev->pa, &state);

	if (ret == RMI_SUCCESS)
		pdev->state = state;

	return ret ? -EIO : 0;
}

#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

static long rmi_new_realm(struct arm_smccc_1_2_regs *io, u64 realm, u64 params)
{
	struct arm_smccc_1_2_regs in = { SMC_RMI_REALM_CREATE, realm, params, 0, 0 };
	struct arm_smccc_1_2_regs back;

	arm_smccc_1_2_smc(&in, &back);
	if (RMI_RETURN_STATUS(back.a0) == RMI_INCOMPLETE)
		return rmi_drive(back.a1, back.a2);
	return back.a0;
}

static long rmi_psci_done(u64 caller, u64 status)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_smc(SMC_RMI_PSCI_COMPLETE, caller, status, &out);
	return out.a0;
}

static long rmi_resume(u64 handle, u64 *what)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_smc(SMC_RMI_OP_CONTINUE, handle, 0, &out);
	*what = out.a3;
	return out.a0;
}

/*
 * What the callback answers nobody knows: it may well be an errno.
 */
#include <asm/rmi_cmds.h>

static int rmi_visit(unsigned long rec, int (*visitor)(unsigned long))
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_REC_DESTROY, rec, &out);
	if (out.a0 != RMI_SUCCESS)
		return out.a0;
	return visitor(rec);
}

static int visit_and_count(unsigned long rec)
{
	int err = rmi_visit(rec, count_one);

	if (err < 0)
		return err;
	return err ? -EIO : 0;
}

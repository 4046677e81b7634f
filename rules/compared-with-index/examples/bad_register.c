#define RMI_RETURN_STATUS(answer)	((answer) & 0xff)

/* Straight from the register. */
static int ask(unsigned long fid)
{
	struct arm_smccc_res res;

	do {
		arm_smccc_1_1_invoke(fid, &res);
	} while (res.a0 == RMI_BUSY); /* expect: compared-with-index */

	return res.a0 != RMI_SUCCESS ? -ENXIO : 0;
}

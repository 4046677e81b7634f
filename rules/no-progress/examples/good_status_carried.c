/* The status goes round, as what to do next: it is no address. */
static void finish(struct arm_smccc_res *out, unsigned long what, unsigned long handle)
{
	do {
		arm_smccc_1_1_smc(what, handle, out);
		what = out->a0;
	} while (out->a0 == RMI_INCOMPLETE);
}

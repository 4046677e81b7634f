/* The wrapper hands all registers on, and its caller drives the operation. */
#define RMI_ABI_MAJOR_VERSION 0x2

static inline unsigned long begin_rec(u64 rd, u64 rec, u64 params, u64 *op)
{
	struct arm_smccc_res r;

	arm_smccc_1_1_smc(SMC_RMI_REC_CREATE, rd, rec, params, &r);
	*op = r.a1;
	return r.a0;
}

static int make_rec(struct vm *vm, u64 rec, u64 params)
{
	u64 op;
	unsigned long st = begin_rec(vm->rd, rec, params, &op);

	while (RMI_RETURN_STATUS(st) == RMI_INCOMPLETE)
		st = one_step(vm, op);
	return st ? -ENXIO : 0;
}

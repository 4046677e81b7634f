#define rmi_ask_again(out, ...) do { \
	arm_smccc_1_1_smc(__VA_ARGS__, out); \
} while ((out)->a0 == RMI_BUSY)

static unsigned long rmi_ping(unsigned long rd)
{
	struct arm_smccc_res out;

	rmi_ask_again(&out, RMI_PING, rd);
	return out.a0;
}

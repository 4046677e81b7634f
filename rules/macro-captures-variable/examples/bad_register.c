#define rmi_ask_again(...) do { /* expect: macro-captures-variable info */ \
	arm_smccc_1_1_smc(__VA_ARGS__); \
} while (out.a0 == RMI_BUSY)

static unsigned long rmi_ping(unsigned long rd)
{
	struct arm_smccc_res out;

	rmi_ask_again(RMI_PING, rd, &out);
	return out.a0;
}

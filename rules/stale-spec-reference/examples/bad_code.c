#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

int rmi_probe(void)
{
	// RMM spec v1.1 lets the host ask twice /* expect: stale-spec-reference */
	return rmi_ask(RMI_ABI_MAJOR_VERSION);
}

/* What is ours, and what is a local, may depend on it. */
int limits_init(struct limits *out)
{
	struct limits here;

	here.ipa_bits = 48;
	if (static_branch_likely(&kvm_rme_on)) {
		here.ipa_bits = rmi_ipa_bits();
		realm_limits.ready = true;
		out->count = 1;
	}
	return here.ipa_bits;
}

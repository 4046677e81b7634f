/* A value for either case. */
void limits_init(void)
{
	if (static_key_enabled(&kvm_rme_on))
		host_limits.ipa_bits = 40; /* expect: host-wide-key */
	else
		host_limits.ipa_bits = 48;
}

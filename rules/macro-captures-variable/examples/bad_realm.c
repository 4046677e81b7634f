#define realm_rd_phys() virt_to_phys(realm->rd) /* expect: macro-captures-variable info */

static int fold(struct kvm *kvm, unsigned long ipa)
{
	struct realm *realm = realm_of(kvm);

	return rmi_rtt_fold(realm_rd_phys(), ipa, 2);
}

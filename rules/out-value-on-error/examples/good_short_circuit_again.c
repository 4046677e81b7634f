/* The value is read behind `!ret &&`, `ret ?:`, `ret ||`: on success only (the A-H33 case). Silent in an `if`, reported as error in return and assignment. */
static int query_level(struct kvm *kvm, unsigned long ipa, int *level)
{
	struct rtt_entry entry;

	if (rmi_rtt_read_entry(virt_to_phys(kvm->arch.realm.rd), ipa, 3, &entry))
		return -ENXIO;

	*level = entry.walk_level;
	return 0;
}

bool is_block(struct kvm *kvm, unsigned long ipa)
{
	int level, ret;

	ret = query_level(kvm, ipa, &level);

	return !ret && level < KVM_PGTABLE_LAST_LEVEL;
}

int level_or_errno(struct kvm *kvm, unsigned long ipa)
{
	int level, ret;

	ret = query_level(kvm, ipa, &level);

	return ret ?: level;
}

int level_or_default(struct kvm *kvm, unsigned long ipa)
{
	int level, ret;

	ret = query_level(kvm, ipa, &level);

	return ret ? KVM_PGTABLE_LAST_LEVEL : level;
}

bool is_page(struct kvm *kvm, unsigned long ipa)
{
	bool page;
	int level, ret;

	ret = query_level(kvm, ipa, &level);
	page = ret == 0 && level == KVM_PGTABLE_LAST_LEVEL;

	return page;
}

bool is_missing(struct kvm *kvm, unsigned long ipa)
{
	int level, ret;

	ret = query_level(kvm, ipa, &level);

	return ret || level == 0;
}

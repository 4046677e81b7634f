/* Delegated by `base`, undone by its copy `phys`, which has moved on while mapping, with the whole size. */
int map_range(struct kvm *kvm, unsigned long ipa, phys_addr_t base, unsigned long size)
{
	phys_addr_t phys = base, done;
	unsigned long end = ipa + size, top;

	if (rmi_delegate_range(base, size, &done)) {
		WARN_ON(rmi_undelegate_range(base, done - base));
		return -ENXIO;
	}

	while (ipa < end) {
		if (rmi_rtt_data_map(kvm->rd, ipa, end, 0, phys, &top) || top <= ipa)
			goto err_undelegate;
		phys += top - ipa;
		ipa = top;
	}

	return 0;

err_undelegate:
	WARN_ON(rmi_undelegate_range(phys, size));	/* expect: rollback-range */
	return -ENXIO;
}

/* A second test by way of a predicate, by name or by what its body does; the value is kept away. */
static bool fits(int level, int last)
{
	return level >= 0 && level < last;
}

int map_one(struct realm *realm, unsigned long ipa, unsigned long st)
{
	int level = RMI_RETURN_INDEX(st);

	WARN_ON_ONCE(level >= KVM_PGTABLE_LAST_LEVEL);
	if (!fits(level, KVM_PGTABLE_LAST_LEVEL))
		return -ENXIO;

	return 0;
}

void note_level(struct realm *realm, unsigned long st)
{
	int level = RMI_RETURN_INDEX(st);

	WARN_ON_ONCE(level >= KVM_PGTABLE_LAST_LEVEL);
	if (level_is_valid(level))
		realm->ok++;
}

int make_rec(struct realm *realm, struct rec_params *params)
{
	phys_addr_t pa;

	WARN_ON(!params);
	pa = virt_to_phys(params);
	if (!params)
		return -EINVAL;

	return rmi_rec_create(realm->rd_pa, realm->rec_pa, pa) ? -ENXIO : 0;
}

int make_named_rec(struct realm *realm)
{
	WARN_ON(!realm->params);
	realm->params = realm->spare;

	return rmi_rec_create(realm->rd_pa, virt_to_phys(realm->params)) ? -ENXIO : 0;
}

/* The call that takes the value stands in an `if`: it does not test the value. */
static int add_tables(struct realm *realm, unsigned long ipa, int from, int to);

int map_all(struct realm *realm, unsigned long ipa, unsigned long end, unsigned long desc)
{
	unsigned long top, st;

	while (ipa < end) {
		st = rmi_rtt_data_map(realm->rd_pa, ipa, end, 0, desc, &top);
		if (RMI_ERROR_RTT == RMI_RETURN_STATUS(st)) {
			int lvl = RMI_RETURN_INDEX(st);

			WARN_ON(lvl == LAST);				/* expect: warn-and-continue */
			if (add_tables(realm, ipa, lvl, lvl + 1))
				return -ENXIO;
			continue;
		}
		if (st || top <= ipa)
			return -ENXIO;
		ipa = top;
	}

	return 0;
}

int map_one(struct realm *realm, unsigned long ipa, unsigned long st)
{
	int lvl = RMI_RETURN_INDEX(st);

	WARN_ON_ONCE(lvl >= LAST);				/* expect: warn-and-continue */
	if (rmi_rtt_create(realm->rd_pa, realm->spare, ipa, lvl + 1))
		return -ENXIO;

	return 0;
}

int copy_out(struct realm_vcpu *vcpu, void __user *to)
{
	struct rec_run *r = vcpu->run;
	unsigned int n = r->exit.imm;

	WARN_ON_ONCE(n > GPRS);					/* expect: warn-and-continue */
	if (copy_to_user(to, r->exit.gprs, n * sizeof(u64)))
		return -EFAULT;

	return 1;
}

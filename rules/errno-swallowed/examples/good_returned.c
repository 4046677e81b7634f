/* The number is another one; one that counts; an errno for an errno. */
static int realm_on_psci(struct kvm_vcpu *v)
{
	int err = answer_psci(v->arch.rec.run->exit.gprs[0]);

	if (err < 0)
		return err == -ENOENT ? -ENXIO : err;
	return 1;
}

static int pick(struct realm *r)
{
	int at = find_slot(r);

	if (at < 0)
		at = -ENOSPC;
	return at;
}

static int level_for(struct realm *r, unsigned long st)
{
	int level = RMI_RETURN_INDEX(st);

	if (level < 0)
		level = 3;
	return level;
}

/* The VMM hands in a read-only memslot, and the guest reads from it. */
static int map_page(struct realm *r, u64 ipa, u64 pfn, enum kvm_pgtable_prot rights)
{
	if (WARN_ON_ONCE(!(rights & KVM_PGTABLE_PROT_W)))	/* expect: warn-on-input */
		return -EFAULT;
	return rmi_rtt_map_unprotected(r->rd_phys, ipa, 3, PFN_PHYS(pfn)) ? -ENXIO : 0;
}

/* The guest sets the size of what it asks for. */
static int answer_guest(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);
	int err = carry_out(vcpu, rec->run->exit.ripas_base, rec->run->exit.ripas_top);

	WARN(err, "could not do what the guest asked for\n");	/* expect: warn-on-input */
	return err;
}

/* Straight from the argument. */
long set_size(struct realm *r, struct size_args __user *arg)
{
	struct size_args args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (WARN_ON(args.bits > 52))		/* expect: warn-on-input */
		return -EINVAL;
	r->bits = args.bits;
	return 0;
}

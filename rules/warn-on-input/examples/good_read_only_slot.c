/* Errors, or a WARN that is held back. */
static int map_page(struct realm *r, u64 ipa, u64 pfn, enum kvm_pgtable_prot rights)
{
	if (!(rights & KVM_PGTABLE_PROT_W))
		return -EFAULT;
	return rmi_rtt_map_unprotected(r->rd_phys, ipa, 3, PFN_PHYS(pfn)) ? -ENXIO : 0;
}

static int answer_guest(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);
	int err = carry_out(vcpu, rec->run->exit.ripas_base, rec->run->exit.ripas_top);

	WARN_RATELIMIT(err, "could not do what the guest asked for\n");
	return err;
}

/* Behind a test the WARN is about the kernel's own mistakes. */
long set_size(struct realm *r, struct size_args __user *arg)
{
	struct size_args args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.bits > 52)
		return -EINVAL;
	r->bits = args.bits;
	WARN_ON(args.bits > r->max_bits);
	WARN_ON(r->bits < r->min_bits);
	return 0;
}

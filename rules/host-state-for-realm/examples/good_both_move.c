/* The twin. */
int finish_access(struct kvm_vcpu *v)
{
	v->needed = 0;
	copy_data(v);

	if (vcpu_is_rec(v))
		v->arch.rec.run->enter.flags |= REC_EMULATED_MMIO;
	else
		kvm_incr_pc(v);
	return 1;
}

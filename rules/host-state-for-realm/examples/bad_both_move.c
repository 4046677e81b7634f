/* The RMM moves on, and then the host does. */
int finish_access(struct kvm_vcpu *v)
{
	v->needed = 0;
	if (vcpu_is_rec(v))
		v->arch.rec.run->enter.flags |= REC_EMULATED_MMIO; /* expect: host-state-for-realm */

	copy_data(v);
	kvm_incr_pc(v);
	return 1;
}

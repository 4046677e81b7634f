/* After the splat nothing is done with it. */
static bool before_attributes(struct kvm *kvm, struct kvm_gfn_range *range)
{
	WARN_ON_ONCE(!kvm_is_realm(kvm));

	return false;
}

static void inject_undef(struct kvm_vcpu *vcpu)
{
	WARN(vcpu_is_rec(vcpu), "undefined exception for a REC\n");
	pend_undef(vcpu);
}

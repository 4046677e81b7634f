/* The twin. */
void vcpu_load(struct kvm_vcpu *v)
{
	timer_load(v);
	if (vcpu_is_rec(v))
		return;
	debug_load(v);
	fp_load(v);
}

void vcpu_put(struct kvm_vcpu *v)
{
	timer_put(v);
	if (vcpu_is_rec(v))
		return;
	debug_put(v);
	fp_put(v);
}

/* Debug state is loaded for a REC and never put. */
void vcpu_load(struct kvm_vcpu *v)
{
	timer_load(v);
	debug_load(v);
	if (vcpu_is_rec(v))
		return;
	fp_load(v);
}

void vcpu_put(struct kvm_vcpu *v)
{
	timer_put(v);
	if (vcpu_is_rec(v)) /* expect: unpaired-load-put */
		return;
	debug_put(v);
	fp_put(v);
}

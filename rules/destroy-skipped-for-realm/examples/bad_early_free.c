/* The branch is spelt the other way round. */
void vcpu_down(struct kvm_vcpu *vcpu)
{
	struct vcpu_tables *t = vcpu->arch.tables;

	if (vcpu_is_rec(vcpu)) { /* expect: destroy-skipped-for-realm */
		vcpu->stat.recs_gone++;
	} else {
		vcpu_tables_release(t);
	}
	kfree(t);
}

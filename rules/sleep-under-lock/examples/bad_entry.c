/* The entry of a REC is atomic; what prepares it must come earlier. */
static void finish_request(struct kvm_vcpu *vcpu, struct realm_rec *rec)
{
	kvm_mmu_topup_memory_cache(&vcpu->arch.mmu_page_cache, 4);
	answer_request(vcpu, rec);
}

int enter_realm(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	if (rec->pending)
		finish_request(vcpu, rec);	/* expect: sleep-under-lock */
	return rmi_rec_enter(rec->phys, rec->run_phys);
}

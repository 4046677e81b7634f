/* What may sleep has a function of its own, called before interrupts go off. */
static void finish_request(struct kvm_vcpu *vcpu, struct realm_rec *rec)
{
	kvm_mmu_topup_memory_cache(&vcpu->arch.mmu_page_cache, 4);
	answer_request(vcpu, rec);
}

int prepare_realm(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	if (rec->pending)
		finish_request(vcpu, rec);
	return 1;
}

int enter_realm(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	return rmi_rec_enter(rec->phys, rec->run_phys);
}

/* Here the function itself turns them off, behind what sleeps. */
int run_realm(struct kvm_vcpu *vcpu)
{
	int ret;

	mutex_lock(&vcpu->arch.rec.lock);
	local_irq_disable();
	ret = rmi_rec_enter(vcpu->arch.rec.phys, vcpu->arch.rec.run_phys);
	local_irq_enable();
	mutex_unlock(&vcpu->arch.rec.lock);
	return ret;
}

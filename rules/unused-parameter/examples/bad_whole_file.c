static int pages_for(struct kvm *kvm, unsigned long size) /* expect: unused-parameter info */
{
	return DIV_ROUND_UP(size, PAGE_SIZE);
}

int rmi_reserve(struct kvm *kvm, unsigned long size)
{
	return rmi_take(kvm->arch.realm.rd_phys, pages_for(kvm, size));
}

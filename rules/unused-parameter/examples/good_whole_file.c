static int pages_for(unsigned long size)
{
	return DIV_ROUND_UP(size, PAGE_SIZE);
}

int rmi_reserve(struct kvm *kvm, unsigned long size)
{
	return rmi_take(kvm->arch.realm.rd_phys, pages_for(size));
}

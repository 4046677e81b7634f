/* No label: the branch itself returns the success of the call before. */
int create_rd(struct kvm *kvm, phys_addr_t rd)
{
	int ret;

	ret = rmi_delegate_page(rd);
	if (ret)
		return ret;

	if (rmi_realm_create(rd, kvm->arch.realm.params_pa)) {
		kvm_err("realm refused\n");
		return ret;				/* expect: stale-error-code */
	}

	kvm->arch.realm.rd_pa = rd;
	return 0;
}

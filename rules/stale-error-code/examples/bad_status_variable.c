/* The RMI status has a variable of its own (unsigned long), and the errno is left at the success before. Found with if (rmi_realm_create(..)). */
int create_rd(struct kvm *kvm, phys_addr_t rd)
{
	unsigned long status;
	int ret;

	ret = rmi_delegate_page(rd);
	if (ret)
		return ret;

	status = rmi_realm_create(rd, kvm->arch.realm.params_pa);
	if (RMI_RETURN_STATUS(status) != RMI_SUCCESS)
		goto out_undelegate;			/* expect: stale-error-code */

	kvm->arch.realm.rd_pa = rd;
	return 0;

out_undelegate:
	WARN_ON(rmi_undelegate_page(rd));
	return ret;
}

/* The status is switched over; `default` goes to the undo with the errno untouched. */
int create_rd(struct kvm *kvm, phys_addr_t rd)
{
	int ret;

	ret = rmi_delegate_page(rd);
	if (ret)
		return ret;

	switch (RMI_RETURN_STATUS(rmi_realm_create(rd, kvm->arch.realm.params_pa))) {
	case RMI_SUCCESS:
		break;
	default:
		goto out_undelegate;			/* expect: stale-error-code */
	}

	kvm->arch.realm.rd_pa = rd;
	return 0;

out_undelegate:
	WARN_ON(rmi_undelegate_page(rd));
	return ret;
}

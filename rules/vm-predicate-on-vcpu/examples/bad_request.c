/* The call is about the REC. */
long rec_request(struct kvm_vcpu *vcpu, void __user *arg)
{
	struct rec_reply reply;

	if (!kvm_is_realm(vcpu->kvm)) /* expect: vm-predicate-on-vcpu */
		return -ENXIO;
	if (copy_from_user(&reply, arg, sizeof(reply)))
		return -EFAULT;

	return rmi_answer(vcpu, &reply);
}

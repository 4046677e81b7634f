/* The twin. */
long rec_request(struct kvm_vcpu *vcpu, void __user *arg)
{
	struct rec_reply reply;

	if (!vcpu_is_rec(vcpu))
		return -ENXIO;
	if (copy_from_user(&reply, arg, sizeof(reply)))
		return -EFAULT;

	return rmi_answer(vcpu, &reply);
}

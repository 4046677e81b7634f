static int on_irq(struct kvm_vcpu *vcpu)
{
	return 1;
}

static int (*realm_exits[])(struct kvm_vcpu *vcpu) = {
	[RMI_EXIT_IRQ] = on_irq,
};

int realm_exit(struct kvm_vcpu *vcpu, int reason)
{
	return reason ? on_irq(vcpu) : realm_exits[reason](vcpu);
}

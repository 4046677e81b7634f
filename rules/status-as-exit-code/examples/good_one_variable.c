/* The twin. */
static int run_once(struct kvm_vcpu *v)
{
	int code;

	if (vcpu_is_rec(v))
		return run_realm(v);

	code = enter_guest(v);
	if (ARM_EXCEPTION_CODE(code) == ARM_EXCEPTION_IRQ) {
		local_irq_enable();
		local_irq_disable();
	}

	return handle_exit(v, code);
}

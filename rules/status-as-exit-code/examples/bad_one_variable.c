/* Both ways into the guest share the variable. */
static int run_once(struct kvm_vcpu *v)
{
	int code;

	if (vcpu_is_rec(v))
		code = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);
	else
		code = enter_guest(v);

	if (ARM_EXCEPTION_CODE(code) == ARM_EXCEPTION_IRQ) { /* expect: status-as-exit-code */
		local_irq_enable();
		local_irq_disable();
	}

	return vcpu_is_rec(v) ? handle_realm(v, code) : handle_exit(v, code);
}

/* The same variable, but nobody takes a status for a code. */
static int run_guarded(struct kvm_vcpu *v)
{
	int code;

	if (vcpu_is_rec(v))
		code = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);
	else
		code = enter_guest(v);

	if (!vcpu_is_rec(v))
		handle_exit_early(v, code);

	if (vcpu_is_rec(v))
		code = handle_realm(v, code);
	else
		code = handle_exit(v, code);

	return code;
}

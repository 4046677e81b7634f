/* The status is only traced, and then handed to the handler of ordinary guests. */
static int run_many(struct kvm_vcpu *v)
{
	int st, code, ret = 1;

	while (ret > 0) {
		if (vcpu_is_rec(v)) {
			st = rmi_rec_enter(v->arch.rec.rec_pa, v->arch.rec.run_pa);
			code = st;
		} else {
			code = enter_guest(v);
		}
		trace_kvm_exit(code, class_of(v), pc_of(v)); /* expect: status-as-exit-code */
		ret = handle_all(v, code);
	}
	return ret;
}

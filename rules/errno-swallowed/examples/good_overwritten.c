/* The twin. */
static int realm_on_host_call(struct kvm_vcpu *v)
{
	int i;

	for (i = 0; i < NR_GPRS; i++)
		set_reg(v, i, v->arch.rec.run->exit.gprs[i]);

	return answer_call(v);
}

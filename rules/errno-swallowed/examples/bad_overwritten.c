/* The handler of an exit keeps the guest going. */
static int realm_on_host_call(struct kvm_vcpu *v)
{
	int err, i;

	for (i = 0; i < NR_GPRS; i++)
		set_reg(v, i, v->arch.rec.run->exit.gprs[i]);

	err = answer_call(v);
	if (err < 0) {
		set_reg(v, 0, ~0UL);
		err = 1; /* expect: errno-swallowed */
	}

	return err;
}

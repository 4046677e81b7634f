/* The handler is given the status; only one of the harmless failures is told apart. */
int after_run(struct kvm_vcpu *v, int st)
{
	struct rec *rec = &v->arch.rec;
	unsigned long kind = RMI_RETURN_STATUS(st);

	if (kind == RMI_ERROR_REALM && RMI_RETURN_INDEX(st) == 1) {
		v->run->exit_reason = KVM_EXIT_SHUTDOWN;
		return 0;
	}
	if (kind != RMI_SUCCESS) /* expect: rec-enter-one-errno */
		return -ENXIO;

	return dispatch(v, rec->run->exit.exit_reason);
}

/* Every way out of the splat ends the request. */
static int enter_once(struct kvm_vcpu *vcpu, struct rec *rec)
{
	unsigned long st = rmi_rec_enter(rec->phys, rec->run_phys);

	switch (RMI_RETURN_STATUS(st)) {
	case RMI_SUCCESS:
		return rec->run->exit.exit_reason;
	case RMI_ERROR_REC:
		return -EAGAIN;
	default:
		WARN(1, "REC_ENTER: %#lx\n", st);
		return -ENXIO;
	}
}

/* Short of memory it goes on only from where it got to. */
static int convert(struct kvm_vcpu *v, unsigned long at, unsigned long top)
{
	unsigned long reached = at;
	int err;

	do {
		kvm_mmu_topup_memory_cache(&v->pages, 3);
		err = set_state(v, at, top, RMI_EMPTY, &reached);
		if (err == -ENOMEM) {
			if (reached == at)
				break;
			at = reached;
			continue;
		}
		if (err)
			break;
		at = reached;
	} while (at < top);
	return err;
}

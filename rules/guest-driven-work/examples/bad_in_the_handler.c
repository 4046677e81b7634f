/* Nobody is asked at all: an exit handler allocates what the guest names. */
static int make_room(struct realm *r, u64 at, u64 size)
{
	u64 end = at + size;

	for (; at < end; at += SZ_2M) {
		unsigned long page = __get_free_page(GFP_ATOMIC);

		if (!page || rmi_rtt_create(r->rd_phys, virt_to_phys((void *)page), at, 3))
			return -ENOMEM;
	}
	return 0;
}

static int handle_rec_exit_window(struct kvm_vcpu *vcpu)
{
	struct rec_exit *exit = rec_exit_of(vcpu);
	u64 size = exit->window_size;

	if (exit->reason != WINDOW)
		return 1;
	return make_room(&vcpu->kvm->arch.realm, WINDOW_BASE, size);	/* expect: guest-driven-work */
}

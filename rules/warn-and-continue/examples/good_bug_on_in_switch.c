/* The twin: the macro's value is the test. */
static int load_image_page(struct kvm *kvm, struct realm *r, phys_addr_t dst,
			   unsigned long ipa, phys_addr_t src)
{
	unsigned long st, depth;

	st = rmi_rtt_data_map_init(r->rd_phys, dst, ipa, src, 0);
	switch (RMI_RETURN_STATUS(st)) {
	case RMI_SUCCESS:
		return 0;
	case RMI_ERROR_RTT:
		depth = RMI_RETURN_INDEX(st);
		if (KVM_BUG_ON(depth >= DEEPEST, kvm))
			return -EIO;
		return grow_tables(r, ipa, depth, depth + 1, NULL);
	default:
		return -ENXIO;
	}
}

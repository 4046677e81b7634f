/* It goes to the RMM by way of a local. */
static int add_table(struct kvm *kvm, unsigned long ipa)
{
	struct page *page = alloc_page(GFP_KERNEL); /* expect: unaccounted-vm-page */
	phys_addr_t pa;

	if (!page)
		return -ENOMEM;
	pa = page_to_phys(page);
	if (rmi_granule_delegate(pa)) {
		__free_page(page);
		return -ENXIO;
	}
	return rmi_rtt_create(kvm_rd(kvm), pa, ipa, 3);
}

/* The merged form: whole pages inside the region, empty ones skipped. */
static int check_every_region(void)
{
	struct memblock_region *reg;

	for_each_mem_region(reg) {
		phys_addr_t from = PAGE_ALIGN(reg->base);
		phys_addr_t upto = PAGE_ALIGN_DOWN(reg->base + reg->size);

		if (from >= upto || memblock_is_nomap(reg))
			continue;
		if (rmi_check_span(from, upto))
			return -ENODEV;
	}

	return 0;
}

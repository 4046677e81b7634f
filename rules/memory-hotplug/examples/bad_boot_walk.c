/* DRAM that comes later has no granule protection table. */
static int tables_for(phys_addr_t at, phys_addr_t end)
{
	for (; at < end; at += SZ_1G) {
		if (rmi_gpt_l1_create(at))
			return -ENXIO;
	}
	return 0;
}

static int __init tables_for_all(void)
{
	struct memblock_region *reg;
	int err = 0;

	for_each_mem_region(reg) {		/* expect: memory-hotplug */
		err = tables_for(reg->base, reg->base + reg->size);
		if (err)
			break;
	}
	return err;
}

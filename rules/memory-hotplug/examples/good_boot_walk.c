/* A notifier does the same for what is plugged in. */
static int tables_for(phys_addr_t at, phys_addr_t end)
{
	for (; at < end; at += SZ_1G) {
		if (rmi_gpt_l1_create(at))
			return -ENXIO;
	}
	return 0;
}

static int memory_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct memory_notify *arg = data;
	phys_addr_t at = PFN_PHYS(arg->start_pfn);

	if (action == MEM_GOING_ONLINE && tables_for(at, at + PFN_PHYS(arg->nr_pages)))
		return NOTIFY_BAD;
	return NOTIFY_OK;
}

static int __init tables_for_all(void)
{
	struct memblock_region *reg;
	int err = 0;

	for_each_mem_region(reg) {
		err = tables_for(reg->base, reg->base + reg->size);
		if (err)
			break;
	}
	return err ?: hotplug_memory_notifier(memory_event, 0);
}

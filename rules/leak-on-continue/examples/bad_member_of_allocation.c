/* The call is given the address of a member of what was allocated. */
int snapshot(struct realm *realm, struct snap *snap)
{
	struct snap_entry *e;
	unsigned long ipa;

	for (ipa = snap->base; ipa < snap->end; ipa += PMD_SIZE) {
		e = kmalloc(sizeof(*e), GFP_KERNEL);
		if (!e)
			return -ENOMEM;
		if (rmi_rtt_read_entry(virt_to_phys(realm->rd), ipa, 2, &e->rtt))
			continue;			/* expect: leak-on-continue */
		list_add_tail(&e->node, &snap->entries);
	}

	return 0;
}

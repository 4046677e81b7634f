/* A member of what was allocated is read into, and where that fails all of it is freed. */
int snapshot(struct realm *realm, struct snap *snap)
{
	unsigned long ipa;

	for (ipa = snap->base; ipa < snap->end; ipa += PMD_SIZE) {
		struct snap_entry *e = kmalloc(sizeof(*e), GFP_KERNEL);

		if (!e)
			return -ENOMEM;
		if (rmi_rtt_read_entry(virt_to_phys(realm->rd), ipa, 2, &e->rtt)) {
			kfree(e);
			continue;
		}
		list_add_tail(&e->node, &snap->entries);
	}

	return 0;
}

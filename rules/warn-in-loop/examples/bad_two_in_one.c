/* One finding a loop; both of its WARNs are meant. */
void undo_range(struct realm *r, u64 at, phys_addr_t pa, u64 end)
{
	for (; at < end; at += SZ_4K, pa += SZ_4K) {
		WARN_ON(rmi_data_destroy(r->rd_phys, at, &r->data, &r->top)); /* expect: warn-in-loop */
		if (WARN_ON(rmi_granule_undelegate(pa)))
			get_page(phys_to_page(pa));
	}
}

/* The call is given the physical address of the page. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		void *va = (void *)get_zeroed_page(GFP_KERNEL);
		int st;

		if (!va)
			return -ENOMEM;
		st = rmi_rtt_create(r->rd_phys, virt_to_phys(va), ipa, 3);
		if (st)
			continue; /* expect: leak-on-continue */
		r->tables++;
	}
	return 0;
}

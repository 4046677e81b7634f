/* An IPA goes down to the base of what the table covers: the ABI wants that. */
static int make_table(struct realm *r, unsigned long ipa, int lvl, phys_addr_t page)
{
	ipa = ALIGN_DOWN(ipa, level_span(lvl - 1));

	return rmi_rtt_create(virt_to_phys(r->rd), page, ipa, lvl);
}

static int fold_one(struct realm *r, gpa_t gpa, int lvl)
{
	unsigned long page;
	gpa_t base_ipa = round_down(gpa, level_span(lvl - 1));

	return rmi_rtt_fold(virt_to_phys(r->rd), base_ipa, lvl, &page);
}

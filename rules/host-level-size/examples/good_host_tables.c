/* About the host's own tables: its own sizes are right. */
static u64 host_block(struct vm_area_struct *vma, u64 hva, int level)
{
	if (realm_is_here(vma) && level == 1)
		return PUD_SIZE;
	return PAGE_SIZE;
}

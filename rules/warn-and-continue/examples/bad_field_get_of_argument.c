/* The index by FIELD_GET() from a status that is an argument. */
void account_fault(struct realm *realm, unsigned long ret)
{
	u8 level = FIELD_GET(RMI_RETURN_INDEX_MASK, ret);

	WARN_ONCE(level > KVM_PGTABLE_LAST_LEVEL, "level %u\n", level);	/* expect: warn-and-continue */
	realm->faults[level]++;
}

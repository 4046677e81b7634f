/* The command asks for this alignment: said, but not held against the author. */
static int build_gpt_blocks(phys_addr_t lo, phys_addr_t hi)
{
	phys_addr_t pos = ALIGN_DOWN(lo, l0gpt_block); /* expect: widened-range info */

	hi = ALIGN(hi, l0gpt_block); /* expect: widened-range info */
	for (; pos < hi; pos += l0gpt_block) {
		unsigned long st = rmi_gpt_l1_create(pos);

		if (st && RMI_RETURN_STATUS(st) != RMI_ERROR_GPT)
			return -ENOMEM;
	}

	return 0;
}

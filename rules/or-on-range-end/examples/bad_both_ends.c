/* For the lower half as a whole `top` is the bit already. */
static void unmap_alias(struct realm *r, u64 from, u64 top)
{
	u64 alias = BIT(r->ia_bits - 1);
	u64 at, next;

	from |= alias;
	top |= alias;				/* expect: or-on-range-end */

	for (at = from; at < top; at = next) {
		if (rmi_rtt_unmap_unprotected(r->rd_phys, at, 3, &next))
			break;
	}
}

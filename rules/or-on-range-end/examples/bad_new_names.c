/* Copies instead of the parameters, and a while instead of a for. */
void fold_shared(struct realm *r, u64 first, u64 behind)
{
	u64 cur = first | r->shared_mask_bit;
	u64 stop = r->shared_mask_bit | behind;		/* expect: or-on-range-end */

	while (stop > cur) {
		rmi_rtt_fold(r->rd_phys, cur, 2, &r->out);
		cur += SZ_2M;
	}
}

/* In the head of the loop. */
void unfold_shared(struct realm *r, u64 first, u64 behind)
{
	u64 cur;

	for (cur = first | SHARED; cur < (behind | SHARED); cur += SZ_2M)	/* expect: or-on-range-end */
		rmi_rtt_unmap_unprotected(r->rd_phys, cur, 2, &r->top);
}

/* Only the alignment is tested: base + size may be below base. */
int realm_fill(struct kvm *kvm, struct fill_request *rq)
{
	unsigned long from = rq->base;
	unsigned long to = from + rq->size; /* expect: unchecked-user-range */

	if (rq->reserved || !IS_ALIGNED(from, PAGE_SIZE) || !IS_ALIGNED(to, PAGE_SIZE))
		return -EINVAL;

	return rmi_fill_pages(kvm, from >> PAGE_SHIFT, rq->size >> PAGE_SHIFT);
}

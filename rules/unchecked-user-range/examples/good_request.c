/* The twin. */
int realm_fill(struct kvm *kvm, struct fill_request *rq)
{
	unsigned long from = rq->base;
	unsigned long to = from + rq->size;

	if (rq->reserved || !IS_ALIGNED(from, PAGE_SIZE) || !IS_ALIGNED(to, PAGE_SIZE))
		return -EINVAL;
	if (to <= from)
		return -EINVAL;

	return rmi_fill_pages(kvm, from >> PAGE_SHIFT, rq->size >> PAGE_SHIFT);
}

/* The twin: the request says how far it got. */
int realm_fill(struct kvm *kvm, struct fill_request *rq)
{
	int done = rmi_fill_pages(kvm, rq);

	if (done < 0)
		return done;

	rq->size -= (u64)done * PAGE_SIZE;
	return 0;
}

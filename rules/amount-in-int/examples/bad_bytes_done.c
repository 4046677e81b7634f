/* 2 GB and more come out negative. */
int realm_fill(struct kvm *kvm, struct fill_request *rq)
{
	int done = rmi_fill_pages(kvm, rq);

	if (done < 0)
		return done;

	return done * PAGE_SIZE; /* expect: amount-in-int */
}

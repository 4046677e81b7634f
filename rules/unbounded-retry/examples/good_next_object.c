/* A busy object is left for later: every turn is about another one. */
static int sweep_recs(struct realm *r)
{
	int i, left = 0;

	for (i = 0; i < r->nr_recs; i++) {
		unsigned long st = rmi_rec_destroy(r->recs[i]);

		if (RMI_RETURN_STATUS(st) == RMI_BUSY) {
			left++;
			continue;
		}
		if (st)
			return -EIO;
	}

	return left;
}

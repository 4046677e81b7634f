/* A missing object is sent on. */
static int bind(struct realm *r, struct rec *rec)
{
	WARN_ON(!rec); /* expect: warn-and-continue */

	return rmi_rec_create(r->rd_phys, rec->phys, rec->params) ? -EIO : 0;
}

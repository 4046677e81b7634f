/* The status has no name at all. */
static void close_rec(struct rec *rec)
{
	while (RMI_RETURN_STATUS(rmi_rec_destroy(rec->phys)) == RMI_BUSY) /* expect: unbounded-retry */
		;
}

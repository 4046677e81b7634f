/* The twin. */
static int count_aux(struct realm *r, phys_addr_t rd)
{
	unsigned long aux;
	int err;

	if (WARN_ON(rmi_rec_aux_count(rd, &aux))) {
		WARN_ON(rmi_realm_destroy(rd));
		err = -ENXIO;
		goto undo_tables;
	}

	r->aux = aux;
	err = store_aux(r);
	if (!err)
		return 0;

undo_tables:
	return_root(r);
	return err;
}

/* The loop ends with the first failure, or nothing is given back in it. */
int give_back(struct realm_rec *rec, int n)
{
	while (n-- > 0) {
		if (WARN_ON(rmi_granule_undelegate(rec->aux[n])))
			return -EBUSY;
	}
	return 0;
}

void look_at_all(struct realm_rec *rec)
{
	int i;

	for (i = 0; i < rec->nr_aux; i++)
		WARN_ON(!rec->aux[i]);
}

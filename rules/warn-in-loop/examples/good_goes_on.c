/* The first one says it all. */
void give_back_all(struct realm_rec *rec)
{
	int i;

	for (i = 0; i < rec->nr_aux; i++) {
		if (WARN_ON_ONCE(rmi_granule_undelegate(rec->aux[i])))
			continue;
		free_page((unsigned long)phys_to_virt(rec->aux[i]));
	}
}

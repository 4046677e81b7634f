/* Sixty-four granules that stay with the RMM are sixty-four backtraces. */
void give_back_all(struct realm_rec *rec)
{
	int i;

	for (i = 0; i < rec->nr_aux; i++) {
		if (WARN_ON(rmi_granule_undelegate(rec->aux[i])))	/* expect: warn-in-loop */
			continue;
		free_page((unsigned long)phys_to_virt(rec->aux[i]));
	}
}

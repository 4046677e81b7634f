/* A function that answers yes or no may say so with a WARN. */
static bool bad_level(struct realm *r, int lvl)
{
	return WARN_ON(lvl < 0 || lvl > rmi_last_level(r));
}

static int check_walk(struct realm *r, unsigned long st)
{
	if (bad_level(r, RMI_RETURN_INDEX(st)))
		return -ENXIO;

	return 0;
}

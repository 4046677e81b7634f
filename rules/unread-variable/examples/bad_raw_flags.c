/* What was made of the flags is forgotten. */
int seal_region(struct realm *r, struct seal_args *args)
{
	unsigned long fw_flags = 0;

	if (args->flags & ~SEAL_ASK_HASH)
		return -EINVAL;
	if (args->flags & SEAL_ASK_HASH)
		fw_flags |= RMI_HASH_CONTENT;

	return rmi_seal(r->rd_phys, args->base, args->flags); /* expect: unread-variable error */
}

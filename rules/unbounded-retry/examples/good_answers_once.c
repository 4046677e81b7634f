/* BUSY is an answer like any other: the caller decides. */
static int start_realm(struct realm *r)
{
	switch (RMI_RETURN_STATUS(rmi_realm_activate(r->rd_phys))) {
	case RMI_SUCCESS:
		return 0;
	case RMI_BUSY:
	case RMI_BLOCKED:
		return -EAGAIN;
	default:
		return -ENXIO;
	}
}

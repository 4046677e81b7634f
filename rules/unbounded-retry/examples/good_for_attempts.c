/* The header counts the attempts. */
static int end_op(u64 handle)
{
	unsigned long st = RMI_BUSY;
	int i;

	for (i = 0; i < OP_ATTEMPTS; i++) {
		st = rmi_op_continue(handle, 0);
		if (RMI_RETURN_STATUS(st) != RMI_BLOCKED)
			break;
	}

	return st ? -EIO : 0;
}

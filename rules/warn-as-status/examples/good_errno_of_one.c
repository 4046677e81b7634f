/* The twin. */
static int run_op(struct rme_op *op)
{
	int ret = 0;

	switch (op->want) {
	case OP_DONATE:
		ret = donate(op);
		break;
	case OP_RECLAIM:
		ret = reclaim(op);
		break;
	default:
		WARN_ON_ONCE(1);
		ret = -ENXIO;
		break;
	}

	if (ret)
		rmi_op_cancel(op->handle);

	return ret;
}

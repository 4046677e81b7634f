/* `ret` becomes +1; callers test for a negative value. */
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
		ret = WARN_ON(1); /* expect: warn-as-status warning */
		break;
	}

	if (ret)
		rmi_op_cancel(op->handle);

	return ret;
}

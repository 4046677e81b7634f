/* The twin: a pause, and BLOCKED counts against a limit. */
static unsigned long ask_again(struct rme_req *req)
{
	struct arm_smccc_res out;
	unsigned int blocked = 0;

	while (blocked < BLOCKED_LIMIT) {
		unsigned long status;

		arm_smccc_1_1_invoke(req->fid, req->a, req->b, &out);
		status = RMI_RETURN_STATUS(out.a0);
		if (status != RMI_BUSY && status != RMI_BLOCKED)
			break;
		if (status == RMI_BLOCKED)
			blocked++;
		cpu_relax();
	}

	return out.a0;
}

/* Both transient answers, tested at the foot of the loop. */
static unsigned long ask_again(struct rme_req *req)
{
	struct arm_smccc_res out;

	do {
		arm_smccc_1_1_invoke(req->fid, req->a, req->b, &out);
	} while (RMI_RETURN_STATUS(out.a0) == RMI_BUSY || /* expect: unbounded-retry */
		 RMI_RETURN_STATUS(out.a0) == RMI_BLOCKED);

	return out.a0;
}

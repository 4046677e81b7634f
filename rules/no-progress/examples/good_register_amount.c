/* The amount of a register is tested before it moves the cursor. */
ssize_t read_object(struct cca_vdev *vdev, u8 *buf, size_t len)
{
	struct arm_smccc_1_2_regs args, res;
	size_t pos = 0;

	while (pos < len) {
		args = (struct arm_smccc_1_2_regs){
			SMC_RMI_VDEV_GET_MEASUREMENTS, vdev->pa, virt_to_phys(buf) + pos, len - pos,
		};
		arm_smccc_1_2_invoke(&args, &res);
		if (res.a0 != RMI_SUCCESS || !res.a1)
			return -EIO;
		pos += res.a1;
	}

	return pos;
}

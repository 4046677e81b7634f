struct rmm_config {
	u64 tracking_region_size;
	u64 rmi_granule_size;
	u8 rest[0xff0];
};
static_assert(sizeof(struct rmm_config) == 0x1000);

struct rec_run {	/* expect: unchecked-abi-layout */
	struct rec_enter in;
	struct rec_exit out;
};

long rmi_run(struct rec_run *run);

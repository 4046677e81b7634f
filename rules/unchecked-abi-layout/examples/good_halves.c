struct rec_run {
	struct rec_enter in;
	struct rec_exit out;
};
static_assert(sizeof(struct rec_enter) == 0x800);
static_assert(sizeof(struct rec_exit) == 0x800);

struct rec_cache {
	struct rec_run *run;
};

long rmi_run(struct rec_run *run);

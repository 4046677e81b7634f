#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

#define RUN_GPRS	GPRS_OF_THE_CPU

struct rec_exit {
	union {
		u8 exit_reason;
		u8 a[0x100];
	};
	union {
		struct {
			u64 esr, far, hpfar;
		};
		u8 b[0x100];
	};
	union {
		u64 gprs[RUN_GPRS];
		u8 c[0x300];
	};
	union {
		struct {
			u64 ripas_base;
			u64 ripas_top;
			u8 ripas_value;
		};
		u8 d[0x100];
	};
	union {
		u16 imm;
		u8 e[0x100];
	};
	u8 pmu_ovf_status;
	u8 f[0x7f];
};

struct rec_enter {
	u32 flags;
	u64 gprs[31];
} __packed;

struct rec_params_cache {
	u64 pc;
	u64 mpidr;
};

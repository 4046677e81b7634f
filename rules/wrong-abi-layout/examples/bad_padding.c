#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

#define SZ_256	0x100

struct rec_params {
	union {
		u64 flags;
		u8 fill0[0x80];
	};
	union {
		u64 mpidr;	/* expect: wrong-abi-layout */
		u8 fill1[SZ_256];
	};
	union {
		u64 pc;
		u8 fill2[SZ_256];
	};
	union {
		u64 gprs[8];
		u8 fill3[0xd80];
	};
};

#define SZ_256	0x100

struct rec_params {	/* expect: unchecked-abi-layout */
	union {
		u64 flags;
		u8 fill0[0x100];
	};
	union {
		u64 mpidr;
		u8 fill1[SZ_256];
	};
	union {
		u64 pc;
		u8 fill2[SZ_256];
	};
	union {
		u64 gprs[8];
		u8 fill3[0xd00];
	};
};

long rmi_make_rec(struct rec_params *page);

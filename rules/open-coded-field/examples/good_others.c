#define RMI_VERSION_MAJOR(v)	(((v) >> 16) & 0x7fff)
#define RMI_WORD_LEVEL(w)	((w) >> 62)
#define RMI_SPARSE(w)		(((w) >> 1) & 0x5)
#define CPU_FIELD(x)		(((x) >> 8) & 0xf)

static inline int rmi_shared_bit(u64 word, int shift)
{
	return (word >> shift) & 1;
}

#define GEN_MASK(h, l)		(((1UL << ((h) - (l) + 1)) - 1) << (l))
#define RMI_CAPS_STREAMS	GEN_MASK(9, 6)
#define RMI_CAPS_ALIGNS		RMI_ALIGNS(4)

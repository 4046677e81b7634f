#define RMI_STATUS_OF(x)	((x) & 0xff)
#define RMI_LEVEL_OF(x)		(((x) >> 8) & 0xff)	/* expect: open-coded-field */
#define RMI_HANDLE_KIND(w)	((w & GENMASK(5, 3)) >> 3)	/* expect: open-coded-field */

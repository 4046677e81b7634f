#define RMI_WANTED_MASK		GENMASK(15, 2)
#define RMI_WANTED(req)		(((req) & RMI_WANTED_MASK) >> 3)	/* expect: open-coded-field */

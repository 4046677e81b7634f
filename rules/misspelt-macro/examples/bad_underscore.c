#define RMI_CAPS_TABLES		GENMASK(3, 0)
#define RMI_CAPS_STREAMS	GEN_MASK(9, 6) /* expect: misspelt-macro */

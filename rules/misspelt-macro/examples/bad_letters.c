#define RMI_SLOT_BYTES		PAGESIZE /* expect: misspelt-macro */
#define RMI_SLOT_OF(x)		FEILD_GET(RMI_CAPS_TABLES, x) /* expect: misspelt-macro */

static unsigned long slots_in(unsigned long bytes)
{
	return bytes / RMI_SLOT_BYTES;
}

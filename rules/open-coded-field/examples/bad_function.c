#include <linux/bitfield.h>

static inline unsigned int rmi_wanted(u64 word)
{
	return (word >> 2) & 0x3fff;	/* expect: open-coded-field */
}

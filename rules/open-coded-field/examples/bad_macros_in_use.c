#include <linux/bitfield.h>

#define RMI_TODO_MASK		GENMASK(13, 4)
#define RMI_TODO(word)		(((word) & RMI_TODO_MASK) >> 4)	/* expect: open-coded-field */
#define RMI_KIND(word)		(((word) >> 14) & 0x3)	/* expect: open-coded-field */
#define RMI_DEPTH(word)		(((word) >> 8) & 0xff)	/* expect: open-coded-field */

/* FIELD_GET() gives an unsigned long: that only the last of the three may notice. */
static int step(unsigned long word, int wanted, int from)
{
	unsigned long left = RMI_TODO(word);

	switch (RMI_KIND(word)) {
	case 0:
		return left ? -EAGAIN : 0;
	default:
		return RMI_DEPTH(from) < wanted ? -EIO : 0;
	}
}

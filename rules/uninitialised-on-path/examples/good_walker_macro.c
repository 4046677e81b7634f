/*
 * Macros that head a block, and whose names do not say that they iterate: one
 * is defined here and sets both of its cursors, the other may.
 */
#include <asm/rmi_cmds.h>

#define chain_walk_safe(head, at, behind) \
	for ((at) = (head), (behind) = (at) ? (at)->link : NULL; (at); \
	     (at) = (behind), (behind) = (at) ? (at)->link : NULL)

static int drop_chain(struct chain *chain)
{
	struct chain *at, *behind;

	chain_walk_safe(chain, at, behind) {
		if (rmi_rec_destroy(at->rec) != RMI_SUCCESS)
			return -EIO;
	}
	return 0;
}

static int drop_all(struct fleet *fleet)
{
	int slot;

	fleet_visit(fleet, slot) {
		if (rmi_rec_destroy(slot) != RMI_SUCCESS)
			return -EIO;
	}
	return 0;
}

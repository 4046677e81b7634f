/*
 * The macro sets `at`, and from where it begins nobody has said.
 */
#include <asm/rmi_cmds.h>

#define chain_walk(head, at) \
	for ((at) = (head); (at); (at) = (at)->link)

static int drop_chain(void)
{
	struct chain *chain;
	struct chain *at;

	chain_walk(chain, at) { /* expect: uninitialised-on-path */
		if (rmi_rec_destroy(at->rec) != RMI_SUCCESS)
			return -EIO;
	}
	return 0;
}

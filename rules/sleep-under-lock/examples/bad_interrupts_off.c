/*
 * No REC is entered here: the function itself switches interrupts off.
 */
#include <asm/rmi_cmds.h>

static int hand_over_scratch(struct scratch *scratch)
{
	unsigned long flags, answer;

	local_irq_save(flags);
	scratch->mem = kmalloc(scratch->size, GFP_KERNEL); /* expect: sleep-under-lock */
	answer = rmi_granule_delegate(virt_to_phys(scratch->mem));
	local_irq_restore(flags);
	return answer == RMI_SUCCESS ? 0 : -ENXIO;
}

/*
 * Labels that no goto of this text names: `asm goto` does, a macro does, or
 * a function of another configuration.
 */
#include <asm/rmi_cmds.h>

static bool host_is_ready(unsigned long rd)
{
	unsigned long answer = rmi_realm_activate(rd);

	asm goto("cbnz %0, %l[refused]" : : "r" (answer) : : refused);
	return true;
refused:
	return false;
}

static int take_first(void)
{
	leave_on_error(rmi_granule_delegate(0), refused);
	return 0;
refused:
	return -EFAULT;
}

static int take_second(unsigned long granule)
{
	if (rmi_granule_delegate(granule) != RMI_SUCCESS)
		return -ENXIO;
	return 0;

#ifdef CONFIG_ARM64_64K_PAGES
refused:
	note_refusal(granule);
	return -ENOMEM;
#endif
}

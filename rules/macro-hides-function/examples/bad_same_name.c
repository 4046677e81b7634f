#define rmi_is_busy(st) ((st) == RMI_BUSY) /* expect: macro-hides-function */

static inline bool rmi_is_busy(unsigned long st)
{
	return (st & 0xff) == RMI_BUSY;
}

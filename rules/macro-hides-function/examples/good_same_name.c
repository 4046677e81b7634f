#ifdef CONFIG_REALM
#define rmi_is_busy(st) ((st) == RMI_BUSY)
#else
static inline bool rmi_is_busy(unsigned long st)
{
	return false;
}
#endif

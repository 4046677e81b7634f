/* Some compilers want a return behind BUG(). */
static unsigned long size_of(int level)
{
	switch (level) {
	case 2:
		return SZ_2M;
	case 3:
		return SZ_4K;
	}
	rmi_complain(level);
	BUG();
	return 0;
}

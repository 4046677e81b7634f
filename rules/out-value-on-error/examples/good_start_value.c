/* It has a value of its own from the start. */
static bool has_lpa2(void)
{
	unsigned long reg0 = 0;

	rmi_features(0, &reg0);

	return reg0 & RMI_FEATURE_LPA2;
}

/* Freed again before the function is done. */
static int ask(struct kvm *kvm, unsigned long *answer)
{
	unsigned long *buf = (void *)get_zeroed_page(GFP_KERNEL);
	int err;

	if (!buf)
		return -ENOMEM;
	err = rmi_features(virt_to_phys(buf));
	if (!err)
		*answer = buf[0];
	free_page((unsigned long)buf);
	return err;
}

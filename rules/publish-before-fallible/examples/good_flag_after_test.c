/* Asked first, set afterwards. */
int choose_type(struct kvm *kvm, unsigned long type)
{
	switch (type) {
	case TYPE_PLAIN:
		return 0;
	case TYPE_REALM:
		if (!realms_available())
			return -EINVAL;
		kvm->arch.is_realm = true;
		return 0;
	}
	return -EINVAL;
}

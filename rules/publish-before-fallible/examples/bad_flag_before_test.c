/* The flag is set, and the predicate that reads it refuses. */
int choose_type(struct kvm *kvm, unsigned long type)
{
	switch (type) {
	case TYPE_PLAIN:
		return 0;
	case TYPE_REALM:
		kvm->arch.is_realm = true; /* expect: publish-before-fallible */
		if (!vm_is_realm(kvm))
			return -EINVAL;
		return 0;
	}
	return -EINVAL;
}

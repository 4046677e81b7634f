/* Another way to the same member, a label, a helper that frees. */
static void give_back(phys_addr_t pa)
{
	if (!WARN_ON(rmi_undelegate_page(pa)))
		free_page((unsigned long)phys_to_virt(pa));
}

int make_rec(struct kvm_vcpu *v)
{
	struct realm_rec *rec = &v->arch.rec;
	int err = -ENOMEM;

	rec->obj = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!rec->obj)
		return err;
	err = rmi_delegate_page(virt_to_phys(rec->obj));
	if (err)
		goto free_obj;
	return 0;

free_obj:
	free_page((unsigned long)rec->obj); /* expect: freed-not-nulled */
	return -ENXIO;
}

void drop_rec(struct kvm_vcpu *v)
{
	unsigned long pa = virt_to_phys(v->arch.rec.obj);

	if (WARN_ON(rmi_rec_destroy(pa)))
		return;
	free_page((unsigned long)v->arch.rec.obj);
}

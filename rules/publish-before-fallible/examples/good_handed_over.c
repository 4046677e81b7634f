/*
 * Once the object has the page the local is NULL, and freeing that does
 * nothing, or it holds the old page; where WRITE_ONCE() put the page in,
 * WRITE_ONCE() takes it out.
 */
#include <asm/rmi_cmds.h>

static int fill_both(struct depot *depot, unsigned long granule)
{
	void *left = kzalloc(64, GFP_KERNEL_ACCOUNT);
	void *right = kzalloc(64, GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!left || !right)
		goto done;
	if (!depot->left) {
		depot->left = left;
		left = NULL;
	}
	err = rmi_granule_delegate(granule) == RMI_SUCCESS ? 0 : -ENXIO;
done:
	kfree(left);
	kfree(right);
	return err;
}

static int fill_page(struct depot *depot, unsigned long granule)
{
	struct page *fresh = alloc_page(GFP_KERNEL_ACCOUNT);

	if (!fresh)
		return -ENOMEM;
	WRITE_ONCE(depot->page, fresh);
	if (rmi_granule_delegate(granule) != RMI_SUCCESS) {
		WRITE_ONCE(depot->page, NULL);
		__free_page(fresh);
		return -EIO;
	}
	return 0;
}

static void fill_while_open(struct depot *depot, unsigned long granule)
{
	struct page *fresh = alloc_page(GFP_KERNEL_ACCOUNT);

	depot->page = fresh;
	if (atomic_read(&depot->closing)) {
		__free_page(fresh);
		return;
	}
	depot->answer = rmi_granule_delegate(granule);
}

static int swap_page(struct depot *depot, unsigned long granule)
{
	struct page *fresh = alloc_page(GFP_KERNEL_ACCOUNT);
	struct page *old = depot->page;
	int err = -ENOMEM;

	if (!fresh)
		return err;
	err = rmi_granule_delegate(granule) == RMI_SUCCESS ? 0 : -EIO;
	if (err)
		goto done;
	rcu_assign_pointer(depot->page, fresh);
	fresh = old;
	synchronize_srcu(&depot->readers);
done:
	__free_page(fresh);
	return err;
}

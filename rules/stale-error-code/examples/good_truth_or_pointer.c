/*
 * What these return is no code: false says that the answer is no, and NULL
 * that there is no page.
 */
#include <asm/rmi_cmds.h>

static bool granule_is_ours(phys_addr_t granule)
{
	bool ret = false;

	if (rmi_granule_delegate(granule) != RMI_SUCCESS)
		goto fail;
	if (rmi_granule_undelegate(granule) != RMI_SUCCESS)
		goto fail;
	return true;
fail:
	note_refusal(granule);
	return ret;
}

static int probe_granule(phys_addr_t granule)
{
	bool res = false;

	if (rmi_granule_delegate(granule) != RMI_SUCCESS)
		goto unsupported;
	return 1;
unsupported:
	note_refusal(granule);
	return res;
}

static struct page *scratch_page(void)
{
	struct page *ret = NULL;
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT);

	if (!page || rmi_granule_delegate(page_to_phys(page)) != RMI_SUCCESS)
		goto fail;
	return page;
fail:
	note_refusal(0);
	return ret;
}

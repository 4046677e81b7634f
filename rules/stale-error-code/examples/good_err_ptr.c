/* PTR_ERR sets it. */
static int attach(struct realm *r)
{
	struct file *f;
	int rc;

	rc = prepare(r);
	if (rc)
		return rc;
	f = anon_inode_getfile("realm", &rmi_fops, r, 0);
	if (IS_ERR(f)) {
		rc = PTR_ERR(f);
		goto err_undo;
	}
	r->file = f;
	return 0;
err_undo:
	undo(r);
	return rc;
}

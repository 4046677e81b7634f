/* Success leaves through the same label, and that is what it is for. */
static int activate_once(struct realm *r)
{
	int rc;

	mutex_lock(&r->lock);
	rc = check_params(r);
	if (rc)
		goto unlock;
	if (realm_is_ready(r))
		goto unlock;

	rc = rmi_realm_activate(r->rd_phys) ? -ENXIO : 0;
unlock:
	mutex_unlock(&r->lock);
	return rc;
}

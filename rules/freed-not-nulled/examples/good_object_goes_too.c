/* The object itself is freed with its member: nobody comes back to it. */
int open_session(unsigned long rd, struct session **out)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->buf = kzalloc(SZ_4K, GFP_KERNEL);
	if (!s->buf || rmi_realm_activate(rd)) {
		kfree(s->buf);
		kfree(s);
		return -ENXIO;
	}
	*out = s;
	return 0;
}

void close_session(struct session *s)
{
	kfree(s->buf);
	kfree(s);
}

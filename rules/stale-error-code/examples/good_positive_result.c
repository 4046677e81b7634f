/* The code is a count. */
static int count(struct realm *r)
{
	int n = 0;

	for (;;) {
		if (rmi_rtt_read_entry(r->rd, n * SZ_4K, 3, &r->entry))
			goto clean;
		n++;
	}
clean:
	put_realm(r);
	return n;
}

#define realm_count(r) ({ \
	struct realm *__r = (r); \
	__r->nr; \
})
#define realm_limit(n) min(n, rmi_limits.tables)

static int left(struct realm *realm)
{
	return realm_limit(16) - realm_count(realm);
}

/* The value of an earlier turn is kept; the loop has a constant number of turns. */
static int sum_up(struct realm *r, u8 *seen)
{
	int i, last = -1, ret;
	u8 mask;

	for (i = 0; i < 4; i++) {
		int at = realm_slot(r, i);

		if (at != last) {
			mask = rmi_slot_mask(at);
			last = at;
		}
		seen[i] = mask;
		ret = at;
	}
	return ret;
}

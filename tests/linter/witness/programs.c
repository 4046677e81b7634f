/*
 * What a C compiler makes of these is what the interpreter must make of them.
 * Every function `t_*` takes two longs and gives one.
 */
#define DOUBLE(x) ((x) + (x))
#define TWICE(x) do { (x)++; (x)++; } while (0)
#define LARGER(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define CALL(fn, args...) fn(args)
#define PASTE(a, b) a##b
#define NAMED(x) sizeof(#x)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define for_each_step(i, n, by) for (i = 0; i < (n); i += (by))
#define MASKED(x) 1 + (x) & 7 + (x) * 2 - (x) - 1
#define CLEARED(x, y) do { if (y) -(x); if (x) (x) = (x) & ~(y); } while (0)
#define FLAG_A 0x1
#define FLAG_B (FLAG_A << 4)
#define FLAG_BOTH (FLAG_A | FLAG_B)

enum colour { RED, GREEN = 5, BLUE, LAST = BLUE + 10, AFTER };

struct point {
	int x;
	long y;
};

struct line {
	u8 kind;
	struct point ends[2];
	union {
		u32 word;
		u8 byte[4];
		struct {
			u16 low;
			u16 high;
		};
	};
	const char *name;
};

typedef long (*operation)(long a, long b);

struct table {
	const char *name;
	operation fn;
};

static int calls;
static long log_of_ends;

static long add(long a, long b)
{
	return a + b;
}

static long subtract(long a, long b)
{
	return a - b;
}

static const struct table operations[] = {
	{ .name = "add", .fn = add },
	{ "subtract", subtract },
};

static int numbers[8] = { 1, 2, [4] = 40, 50, [7] = -1 };

long t_arithmetic(long a, long b)
{
	int i = a;
	unsigned int u = b;
	short s = a;
	u8 c = b;

	return i * 3 + u / 7 - s % 5 + (c << 2) + (i > u) + (s > c) + ~c + -u + !i;
}

long t_signs(long a, long b)
{
	int i = a;
	u32 u = b;
	s8 n = a;
	u64 wide = i;
	long back = u;

	return (wide >> 60) + back + (i < 0) + (u > -1) + (n >> 1) + (u64)n / 3 + (i / 4) + (i % 4);
}

long t_compound(long a, long b)
{
	int i = a;
	u16 w = b;
	u64 q = a;

	i += b;
	i -= 3;
	i *= 2;
	w <<= 3;
	w |= 1;
	w ^= i;
	q >>= 1;
	q &= ~0xffUL;
	q += i++ + ++w;
	q -= --i - w--;
	return q + i + w;
}

long t_short_circuit(long a, long b)
{
	long n = 0;

	if (a > 0 && ++n && b > 0)
		n += 10;
	if (a > 0 || n++ || b > 0)
		n += 100;
	return n + (a ? b ?: 7 : -1) + (a, b);
}

long t_loops(long a, long b)
{
	long sum = 0;
	int i, j;

	for (i = 0; i < (a & 15); i++) {
		if (i == 3)
			continue;
		if (i == 9)
			break;
		for (j = i; j--; )
			sum += j;
	}
	while (b & 7)
		b--, sum++;
	do {
		sum++;
		if (sum & 1)
			continue;
		sum += 2;
	} while (sum < 20);
	for (int k = 3; k > 0; --k)
		sum += k;
	return sum + b;
}

long t_iterator(long a, long b)
{
	long i, sum = 0;

	for_each_step(i, a & 31, 3) {
		if (i == 6)
			continue;
		if (sum > 30)
			break;
		sum += i;
	}
	for_each_step(i, b & 3, 1)
		sum += 100;
	return sum * 10 + i;
}

long t_switch(long a, long b)
{
	long n = 0;

	switch (a & 15) {
	case 0:
		n = 1;
		break;
	case 1:
	case 2:
		n = 2;
		fallthrough;
	case 3:
		n += 10;
		break;
	case 4 ... 7: {
		long inner = b;

		n = inner + 3;
		if (b & 1)
			break;
		n++;
	}
	default:
		n += 1000;
		break;
	case 9:
		switch (b & 1) {
		case 0:
			n = -1;
			break;
		case 1:
			return -2;
		}
		n -= 7;
	}
	switch (b & 3) {
	case RED:
		n++;
	}
	return n;
}

long t_goto(long a, long b)
{
	long n = 0;

again:
	n++;
	if (n < (a & 7))
		goto again;
	if (b & 1)
		goto out;
	{
		long inner = n;

		if (b & 2)
			goto middle;
		n += inner;
	}
	for (; n < 50; n += 7) {
		if (n > 30)
			goto out;
middle:
		n += 3;
	}
	n += 1000;
out:
	return n;
}

long t_structs(long a, long b)
{
	struct point p = { .y = b, .x = a }, q, *r = &q;
	struct line l = {
		.kind = 7,
		.ends = { { 1, 2 }, [1].x = a },
		.word = b,
		.name = "line",
	};
	struct point copies[3] = { p, { .y = 9 } };

	q = p;
	r->x++;
	(*r).y -= l.ends[1].x;
	l.ends[0] = q;
	l.byte[1] ^= 0xff;
	copies[2] = *r;
	return q.x + q.y + l.ends[0].y + l.word + l.high + l.low + l.kind + l.name[2] +
	       copies[0].x + copies[1].y + copies[1].x + copies[2].y + p.x;
}

static struct point moved(struct point from, int by)
{
	struct point to = from;

	from.x = 0;
	to.x += by;
	to.y += from.x;
	return to;
}

long t_by_value(long a, long b)
{
	struct point p = { a, b };
	long n = moved(moved(p, 3), 4).x + p.x;

	p = moved((struct point){ .y = b }, 1);
	return n + p.x + p.y;
}

static void fill(long *out, int *count, long value)
{
	*out = value;
	(*count)++;
	if (value < 0)
		return;
	*out *= 2;
}

long t_out_parameters(long a, long b)
{
	long x, list[4] = { };
	int n = 0;

	fill(&x, &n, a);
	fill(&list[2], &n, b);
	fill(list + 1, &n, x & 0xff);
	return x + list[1] * 3 + list[2] + list[3] + n;
}

long t_pointers(long a, long b)
{
	int list[6] = { 5, 4, 3, 2, 1 };
	int *p = list, *end = list + COUNT(list);
	u8 *bytes = (u8 *)list;
	long sum = 0;

	while (p < end)
		sum = sum * 3 + *p++;
	p = &list[3];
	p[-1] = a;
	*(p + 1) = b;
	*(u16 *)&bytes[2] = b;
	return sum + list[0] + list[2] + 4[list] + (end - p) + (p - list) + *--end + bytes[9] +
	       !(p == &list[3]) + ((unsigned long)end - (unsigned long)p);
}

long t_globals(long a, long b)
{
	static int count = 40;
	static long seen[3];

	calls++;
	seen[calls % 3] += a;
	numbers[calls & 7] += b;
	return ++count + calls + seen[0] + seen[1] + seen[2] + numbers[4] + numbers[5] + numbers[3] +
	       numbers[7] + COUNT(numbers);
}

long t_macros(long a, long b)
{
	int name = a & 0xff;
	long n = DOUBLE(name) + LARGER(a, b);

	n ^= MASKED(a) ^ MASKED(a + 1) ^ DOUBLE((u8)a) ^ DOUBLE((u8) -a);
	CLEARED(n, b);
	TWICE(name);
	if (b & 1)
		TWICE(n);
	else
		n--;
	return n + PASTE(na, me) + NAMED(a + name) + FLAG_BOTH + CALL(add, a, 3) + LARGER(LARGER(1, name), 2);
}

long t_statement_expression(long a, long b)
{
	long n = ({ long t = a & 0xff; if (t > b) t = b; t * 2; });

	n += ({
		if (a == b)
			return 77;
		n + 1;
	});
	while (1) {
		n += ({ if (n > 500) break; 100; });
		if (n < -500)
			break;
	}
	return n;
}

long t_jumps_out_of_loop_macros(long a, long b)
{
	long i, j, sum = 0;

	for_each_step(i, 9, 2) {
		for_each_step(j, 5, 1) {
			sum += ({ if (j == (a & 7)) break; 1; });
			if (sum == (b & 15))
				goto out;
			sum += ({ if (sum == 7) return -sum; 2; });
		}
	}
	for_each_step(i, 3, 1)
		for_each_step(j, 3, 1)
			if (j > i)
				sum += 100;
			else
				continue;
out:
	return sum * 1000 + i * 10 + j;
}

long t_function_pointers(long a, long b)
{
	operation op = a & 1 ? add : subtract;
	long (*other)(long, long) = &add;
	long sum = 0;

	for (unsigned int i = 0; i < COUNT(operations); i++)
		sum = sum * 2 + operations[i].fn(a, b) + operations[i].name[0];
	return sum + op(a, b) + (*other)(b, 1) + (op == add);
}

static long factorial(int n)
{
	return n <= 1 ? 1 : n * factorial(n - 1);
}

long t_recursion(long a, long b)
{
	return factorial(a & 15) + factorial(b & 3);
}

long t_enums(long a, long b)
{
	enum colour c = a & 1 ? GREEN : AFTER;
	enum { ONE = 1, TWO } d = TWO;

	return c + LAST * 100 + BLUE * 10 + d + ONE + sizeof(enum colour) + sizeof(c);
}

long t_sizes(long a, long b)
{
	struct line l;
	char text[] = "four";
	int grid[3][4];

	grid[1][2] = a;
	grid[2][0] = 1;
	return sizeof(l) + sizeof(struct point) * 3 + sizeof(l.ends[0]) + sizeof(text) + sizeof grid +
	       sizeof(grid[0]) + sizeof(u16 *) + sizeof(a ? 1 : 2L) + sizeof(long) + *(*(grid + 1) + 2) +
	       (&grid[2][0] - &grid[0][0]) + offsetof(struct line, word) + _Alignof(struct point);
}

long t_strings(long a, long b)
{
	const char *s = "ab\n\x41\101" "c";
	char copy[8] = "xyz";
	long n = 0;

	while (*s)
		n = n * 7 + *s++;
	copy[a & 3] = 'q';
	return n + copy[0] * 2 + copy[1] * 3 + copy[2] * 5 + copy[3] + copy[7] + '\\' + '\0';
}

long t_conversions(long a, long b)
{
	bool flag = a & 0xff00;
	u8 narrow = (u16)a + b;
	s64 wide = (s32)(a ^ b);
	unsigned long mixed = (int)a < (unsigned int)b ? -1 : 1U;

	return flag + narrow + wide + mixed + (bool)b + (s16)b + (int)(u8)a + (a > 0 ? -1 : 0u);
}

long t_literals(long a, long b)
{
	return (0x80000000 > -1) + (2147483648 > -1) + (-1 < 1UL) + sizeof(0x7fffffff) +
	       sizeof(0xffffffff) + sizeof(4294967296) + sizeof('a') + 017 + 0b101 + (1ULL << 40) +
	       (-1 >> 1) + (-1U >> 1) + 10 % -3 + -10 / 3;
}

static void end_note(long *p)
{
	log_of_ends = log_of_ends * 10 + *p;
}

DEFINE_FREE(note, long, end_note(&_T))

static long with_ends(long a)
{
	long first __free(note) = 1;

	for (int i = 0; i < 2; i++) {
		long second __free(note) = 2;

		if (a & 1)
			continue;
		if (a & 2)
			goto out;
		long third __free(note) = 3;

		if (a & 4)
			return log_of_ends;
		second = 4;
		third++;
	}
	a = 9;
out:
	first = 5;
	return a;
}

long t_cleanup(long a, long b)
{
	long n;

	log_of_ends = 0;
	n = with_ends(a) * 3 + with_ends(b);
	return n * 1000003 + log_of_ends;
}

long t_shadowing(long a, long b)
{
	long n = a;

	{
		long n = b;

		n++;
		a += n;
	}
	for (int n = 0; n < 2; n++)
		a++;
	return n + a;
}

long t_array_of_unknown_size(long a, long b)
{
	int list[] = { 1, [5] = 3, 4 };
	long lengths[(a & 3) + 1];

	lengths[a & 3] = b;
	return COUNT(list) + list[5] + list[6] + COUNT(lengths) + lengths[a & 3];
}

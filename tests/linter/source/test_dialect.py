"""The dialect: each construct of the kernel, written here, parses and keeps its offsets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.source import dialect
from linter.source.edit import close_paren

if TYPE_CHECKING:
    from tree_sitter import Node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def types(parsed: dialect.Parsed) -> set[str]:
    return {node.type for node in walk(parsed.tree.root_node)}


def check(source: bytes) -> dialect.Parsed:
    """Parse, and assert what must hold for every text."""
    parsed = dialect.parse(source)
    assert len(parsed.source) == len(source)
    lines = [i for i, byte in enumerate(source) if byte == 10]
    assert [i for i, byte in enumerate(parsed.source) if byte == 10] == lines
    assert dialect.restore(parsed.source, parsed.changes) == source
    for change in parsed.changes:
        assert change.original == source[change.start : change.end]
    return parsed


def clean(source: bytes) -> dialect.Parsed:
    parsed = check(source)
    assert not parsed.tree.root_node.has_error, (parsed.source, str(parsed.tree.root_node))
    return parsed


def body(text: str) -> bytes:
    return b"int f(void)\n{\n\t" + text.encode() + b"\n\treturn 0;\n}\n"


def raw_error(source: bytes) -> bool:
    return dialect.default_parser().parse(source).root_node.has_error


# What the parser alone cannot read: (text, kind of a change it needs, name in it).
TOP = [
    ("static int __init probe(void)\n{\n\treturn 1;\n}\n", "attribute", "__init"),
    ("asmlinkage void noinstr enter(int a)\n{\n}\n", "attribute", "noinstr"),
    ("int read(void __user *to, int __always_unused n);\n", "attribute", "__user"),
    ("static u64 pool[4] __ro_after_init = { 1 };\n", "attribute", "__ro_after_init"),
    ("struct list {\n\tint n;\n\tu64 a[] __counted_by(n);\n};\n", "attribute", "__counted_by"),
    ("void drop(int *l) __releases(l);\n", "attribute", "__releases"),
    ("__printf(1, 2) void say(const char *fmt, ...);\n", "attribute", "__printf"),
    ("struct s {\n\tint a;\n} __packed __aligned(\n\t8);\n", "attribute", "__aligned"),
    ("typedef u64 __bitwise mask_t;\n", "attribute", "__bitwise"),
    ("struct s {\n\tDECLARE_BITMAP(map, 3 * 8);\n};\n", "declare", "DECLARE_BITMAP"),
    ("static DEFINE_PER_CPU(unsigned long, depth) = 3;\n", "declare", "DEFINE_PER_CPU"),
    ("DEFINE_PER_CPU(u64 [SIZE / 8], stack);\n", "declare", "DEFINE_PER_CPU"),
    ("static DEFINE_TIMED(a, 5 * HZ, 7);\n", "declare", "DEFINE_TIMED"),
    ('static ODD_ATTR(a, "x", 0644, f);\n', "declare", "ODD_ATTR"),
    ("late_initcall(start)\nint a;\n", "toplevel", "late_initcall"),
    ("SYSCALL_DEFINE2(look, int, fd, char __user *, to)\n{\n\treturn fd;\n}\n", "function", ""),
    ("TRACE_EVENT(enter,\n\tTP_fast_assign(\n\t\tx = 1;\n\t)\n);\nint a;\n", "skipped", ""),
    ("#define say(fmt, args...) \\\n\tprint(fmt, ##args)\nint a;\n", "define", "#define"),
    ("#define L \\\n\t{ 1 }, /* one */ \\\n\t{ 2 }\nint a[] = { 1 };\n", "comment", "#define"),
    ("static unknown_t __weird *get(void)\n{\n\treturn 0;\n}\n", "attribute", "__weird"),
    ("__odd_one struct s *get(struct s *from)\n{\n\treturn from;\n}\n", "attribute", "__odd_one"),
    ("int a[] = {\n#ifdef ONE\n\t1,\n#endif\n\t2,\n};\n", "directive", "ifdef"),
    ("int a[] = {\n#include <list.h>\n};\n", "directive", "include"),
]
IN_BODY = [
    ("list_for_each_entry(p, &head, list) {\n\t\tg(p);\n\t}", "loop", "list_for_each_entry"),
    ("if (a)\n\t\tfor_each_thing(i, 3)\n\t\t\tg(i);", "loop", "for_each_thing"),
    ("scoped_guard(mutex, &l) {\n\t\tg();\n\t}", "scope", "scoped_guard"),
    ("scoped_cond_guard(m, return -1, &l) {\n\t\tg();\n\t}", "scope", "scoped_cond_guard"),
    ("struct s *p __free(kfree) = get();", "cleanup", "kfree"),
    ("p = container_of(q, struct s, m);", "type", "struct s"),
    ("n = va_arg(ap, unsigned long);", "type", "unsigned long"),
    ("p = va_arg(ap, const char *);", "type", "const char *"),
    ("n = offsetof(struct s, m.a[2].b);", "type", "offsetof"),
    ("p = (typeof(*q) *)r;", "type", "typeof(*q)"),
    ("n = unknown(p, struct s, 3);", "type", "struct s"),
    ("switch (n) {\n\tcase A ... B:\n\t\tbreak;\n\t}", "range", "case"),
    ('asm volatile(ALT("nop", "sb", X) : : "r" (n));', "asm", "ALT"),
    ('asm_volatile_goto("b" : : "r" (n) : : out);\nout:;', "asm", "asm_volatile_goto"),
    ('register unsigned long r asm("x0") = 3;', "asm", "register"),
    ("FROB(n)\n\tif (n)\n\t\tg();", "statement", "FROB"),
    ("unknown_block(n, &l) {\n\t\tg();\n\t}", "block", "unknown_block"),
    ("n = compare(a, >=, b);", "operator", ">="),
    ('n = __mode_str(1) "a";', "string", "__mode_str(1)"),
    ("int n __odd_one = 3;", "attribute", "__odd_one"),
    ("#ifdef A\n\tif (n) {\n#else\n\tif (!n) {\n#endif\n\t\tg();\n\t}", "branch", "else"),
    ("if (n)\n\t\tg();\n#ifdef A\n\telse if (m)\n\t\th();\n#endif", "directive", "ifdef"),
]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [(text.encode(), kind, name) for text, kind, name in TOP]
    + [(body(text), kind, name) for text, kind, name in IN_BODY],
)
def test_constructs_parse(text: bytes, kind: str, name: str) -> None:
    parsed = clean(text)
    assert any(c.kind == kind and name in c.name for c in parsed.changes), parsed.changes


@pytest.mark.parametrize(
    "text", [text.encode() for text, _, _ in TOP] + [body(t[0]) for t in IN_BODY]
)
def test_what_follows_is_read(text: bytes) -> None:
    """A rewrite must not let the parser swallow the next function."""
    parsed = clean(text + b"\nint next(int a)\n{\n\treturn again(a);\n}\n")
    last = parsed.tree.root_node.children[-1]
    assert last.type == "function_definition"
    assert last.end_byte == len(parsed.source) - 1
    assert last.start_point[0] == text.count(b"\n") + 1


@pytest.mark.parametrize(
    "call",
    [
        "for_each_online_cpu(cpu)",
        "for_each(i, 3)",
        "list_for_each_entry (pos, &list, member)",
        "kvm_for_each_vcpu(i, vcpu,\n\t\t\t  kvm)",
        "for_next_zone(z, list)",
        "__for_each_range(i, f(a, b), c)",
        "for_each_set_bit(i, map->bits, 3 * 2)",
    ],
)
@pytest.mark.parametrize("rest", [" {\n\t\tuse(i);\n\t}", "\n\t\tuse(i);", "\n\t\t*use(i);"])
def test_a_loop_keeps_its_arguments_in_place(call: str, rest: str) -> None:
    source = body(call + rest)
    parsed = clean(source)
    (change,) = parsed.changes
    name = call.split("(")[0].strip()
    assert (change.kind, change.name) == ("loop", name)
    assert change.start == source.index(name.encode())
    (loop,) = [n for n in walk(parsed.tree.root_node) if n.type == "while_statement"]
    assert loop.start_byte == change.start
    condition = loop.child_by_field_name("condition")
    assert condition is not None
    operands = condition.named_children[0]
    assert operands.type == "comma_expression"
    assert operands.start_byte == change.start + len("while (")
    arguments = source.index(b"(", change.start) + 1
    assert change.end == arguments
    assert parsed.source[arguments : condition.end_byte] == source[arguments : condition.end_byte]
    assert condition.end_byte == source.index(call.encode()) + len(call)
    loop_body = loop.child_by_field_name("body")
    assert loop_body is not None and b"use(i);" in (loop_body.text or b"")


def test_a_loop_without_arguments() -> None:
    parsed = clean(body("for_each_spare_page() {\n\t\tg();\n\t}"))
    assert "while_statement" in types(parsed)


@pytest.mark.parametrize(
    "text",
    [
        "int bus_for_each_dev(int *bus, int n)\n{\n\treturn n;\n}\n",
        "int\nbus_for_each_dev(int *bus, int n)\n{\n\treturn n;\n}\n",
        "int bus_for_each_dev(int *bus, int n);\n",
        "int f(void)\n{\n\tint n = for_each_dev(a, b);\n\n\tfor_each_dev(a, b);\n\treturn n;\n}\n",
        "int f(void)\n{\n\tif (for_each_dev(a))\n\t\treturn 1;\n\treturn for_each_dev(b);\n}\n",
    ],
)
def test_a_call_is_no_loop(text: str) -> None:
    assert clean(text.encode()).changes == []


def test_a_syscall_is_a_function_with_its_parameters() -> None:
    source = (
        b"SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)\n"
        b"{\n\treturn 0;\n}\n"
    )
    parsed = clean(source)
    (function,) = parsed.tree.root_node.children
    declarator = function.child_by_field_name("declarator")
    assert function.type == "function_definition" and declarator is not None
    name = declarator.child_by_field_name("declarator")
    parameters = declarator.child_by_field_name("parameters")
    assert name is not None and parameters is not None
    assert name.text == b"read" and name.start_byte == source.index(b"read")
    names = [p.named_children[-1] for p in parameters.named_children]
    assert [(n.text or b"").strip(b"* ") for n in names] == [
        b"fd",
        b"buf",
        b"count",
    ]


def test_a_declaration_macro_declares_its_name() -> None:
    source = body("DECLARE_BITMAP(seen, MAX + 1);")
    parsed = clean(source)
    (array,) = [n for n in walk(parsed.tree.root_node) if n.type == "array_declarator"]
    assert array.start_byte == source.index(b"seen")
    size = array.child_by_field_name("size")
    assert size is not None and size.text == b"MAX + 1"
    assert size.start_byte == source.index(b"MAX")


def test_cleanup_leaves_a_plain_declaration() -> None:
    source = body("struct page *page __free(put_page) = get(a);")
    (change,) = [c for c in clean(source).changes if c.kind == "cleanup"]
    assert change.name == "put_page"
    assert change.original == b"__free(put_page)"


@pytest.mark.parametrize(
    "text",
    [
        "/* for_each_x(a) { __init typeof(x) container_of(a, struct b, c) */\nint a;\n",
        "int a; // __init asm volatile(A(1)) \\\n case 1 ... 2:\nint b;\n",
        'const char *s = "list_for_each(a) { __user /* ";\n',
        "int c = '\"', d = '/';\n/* __init */ int e;\n",
        "#define INIT __init __user \\\n\tfor_each_x(a) { \\\n\t\tg(); }\nint a;\n",
        "int a_typeof, __initial, xasmlinkage, my_offsetof;\n",
    ],
)
def test_comments_strings_and_macro_bodies_are_left_alone(text: str) -> None:
    parsed = clean(text.encode())
    assert parsed.changes == []
    assert parsed.source == text.encode()


@pytest.mark.parametrize(
    "text", ["__copy(a, b);", "n = __section(3);", "if (__alias(n))\n\t\treturn __mode(2);"]
)
def test_a_function_named_as_an_attribute_is_called(text: str) -> None:
    assert clean(body(text)).changes == []


def test_a_loop_with_nothing_to_do() -> None:
    parsed = clean(body("for_each_page(p, q)\n\t\t;"))
    assert "while_statement" in types(parsed)


PLAIN = b"""#include <a.h>
#define TWICE(x) ((x) * 2)
#if A
struct s { int a, *b; union { int c; u64 d : 3; }; };
#else
struct s { int a; };
#endif
enum e { ONE, TWO = 2, };
static int g(struct s *, int (*)(struct s *, unsigned long), const char *);
static const struct s table[] = { [ONE] = { .a = 1, .b = &x }, { } };
int f(struct s *s, u64 n)
{
	int i, r = -1;

	if (!s || n > sizeof(struct s))
		return (int)n;
	else if (n == offsetof(struct s, b))
		goto out;
	for (i = 0; i < 3; i++) {
		do {
			r = g(s, (void *)h, "a" "b");
		} while (r == -EBUSY);
	}
	switch (r) {
	case 1:
	case 'a':
		fallthrough;
	default:
		r = n ? *s->b & 3 : (r << 2);
	}
out:
	return r;
}
"""


def test_plain_c_is_not_touched() -> None:
    parsed = clean(PLAIN)
    assert parsed.changes == []
    assert dialect.unparsed(parsed) == []


@pytest.mark.parametrize("end", [" ", "\t\t", " \\\n", "\\\n", "\r"])
@pytest.mark.parametrize("head", ["#define GUARD", "# define GUARD(a, b)"])
def test_an_empty_define_does_not_swallow_the_next_line(head: str, end: str) -> None:
    source = f"{head}{end}\nint a;\n".encode()
    if end not in ("\\\n", "\r"):
        tree = dialect.default_parser().parse(source)
        assert b"int a" in (tree.root_node.children[0].text or b"")  # the trap is real
    parsed = clean(source)
    assert parsed.tree.root_node.children[-1].type == "declaration"


def test_branches_that_straddle_a_brace() -> None:
    source = body("#ifdef A\n\tif (one(n)) {\n#else\n\tif (two(n)) {\n#endif\n\t\tthree();\n\t}")
    parsed = clean(source)
    first = source[: source.index(b"#else")].count(b"\n") + 1
    assert dialect.unparsed(parsed) == [(first, first + 1)]
    assert b"one(n)" in parsed.source and b"three()" in parsed.source


def test_conditions_in_a_list_hide_nothing() -> None:
    source = b"int a[] = {\n#ifdef A\n\tf(1),\n#if B\n\tf(2),\n#endif\n#endif\n\tf(3),\n};\n"
    parsed = clean(source)
    assert dialect.unparsed(parsed) == []
    assert [n.text for n in walk(parsed.tree.root_node) if n.type == "call_expression"] == [
        b"f(1)",
        b"f(2)",
        b"f(3)",
    ]


def test_assembler_in_a_header() -> None:
    source = (
        b"#ifdef __ASSEMBLY__\n\t.macro save x, y\n\tstp \\x, \\y, [sp, #-16]!\n\t.endm\n"
        b"#else\nint f(int a)\n{\n\treturn a;\n}\n#endif\n"
    )
    parsed = clean(source)
    assert "function_definition" in types(parsed)
    assert dialect.unparsed(parsed) == [(1, 4)]


def test_what_cannot_be_read_is_named() -> None:
    source = b"int a;\n\nint f(void)\n{\n\tg(;\n\t+ ) = 3;\n}\n\nint h(void)\n{\n\treturn 1;\n}\n"
    parsed = check(source)
    ranges = dialect.unparsed(parsed)
    assert ranges and all(3 <= first <= last <= 7 for first, last in ranges)
    names = [n.text for n in walk(parsed.tree.root_node) if n.type == "function_declarator"]
    assert b"h(void)" in names


def test_a_repair_is_only_tried_where_it_is_needed() -> None:
    """The unknown macro in one function leaves the others as they are."""
    sound = b"int f(int a)\n{\n\tFROB(a) + 1;\n\treturn a;\n}\n\n"
    broken = b"int g(int a)\n{\n\tFROB(a)\n\treturn a;\n}\n"
    parsed = clean(sound + broken)
    assert parsed.source.startswith(sound)
    assert {c.kind for c in parsed.changes} == {"statement"}


def test_merge_joins_what_touches() -> None:
    assert dialect.merge([(7, 9), (1, 2), (3, 3), (8, 12)]) == [(1, 3), (7, 12)]


def test_close_paren_skips_strings_and_comments() -> None:
    source = b"f(a, \")\", ')', /* ) */ g(b, c), [d, e])"
    end, commas = close_paren(source, 1)
    assert end == len(source)
    assert [source[c + 1 : c + 3].strip()[:1] for c in commas] == [b'"', b"'", b"/", b"["]
    assert close_paren(b"f(a", 1) == (-1, [])


SNIPPETS = [text for text, _, _ in TOP] + [text for text, _, _ in IN_BODY] + [PLAIN.decode()]


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_bytes_keep_their_shape(source: bytes) -> None:
    check(source)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_damaged_code_keeps_its_shape(data: st.DataObject) -> None:
    """Cut, doubled and joined pieces of code: nothing raises, everything can be restored."""
    parts = data.draw(st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=3))
    text = "\n".join(parts)
    for _ in range(data.draw(st.integers(0, 3))):
        a, b = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        text = (
            text[:a]
            + data.draw(st.sampled_from(["", "(", ")", "}", "{", '"', "/*", text[a:b]]))
            + text[b:]
        )
    check(text.encode())


@pytest.mark.parametrize(
    "unit",
    [
        b"for_each_x(",
        b"container_of(a, ",
        b"__free(",
        b"\nFOO(",
        b"}\nint f(void) {\nif (",
        b'"',
        b"#if A\n",
    ],
)
def test_hostile_text_costs_bounded_time(unit: bytes) -> None:
    source = unit * (100_000 // len(unit))
    start = time.process_time()
    result = dialect.rewrite(source)
    assert dialect.restore(*result) == source
    assert time.process_time() - start < 5


def test_the_files_of_the_series_hold_no_error(shared: Path) -> None:
    """Every file that a version of the CCA series creates, as it is after the last patch."""
    from linter.intake.mail import read_path
    from linter.intake.series import group
    from linter.intake.snapshot import CREATED, snapshots

    seen = 0
    for path in sorted((shared / "corpus").glob("*.mbox")):
        for series in group(read_path(str(path))):
            *_, last = snapshots(series)
            for state in last.files.values():
                if state.origin == CREATED and state.text and state.path.endswith((".c", ".h")):
                    seen += 1
                    parsed = check(state.text.encode("utf-8", "surrogateescape"))
                    assert not parsed.tree.root_node.has_error, (path.name, state.path)
                    assert not [c for c in parsed.changes if c.kind == "branch"]
    assert seen >= 27

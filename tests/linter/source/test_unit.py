"""One file as a rule sees it: functions, macros, lines, places."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from linter.source.unit import Function, Unit, statement_text
from linter.source.world import World
from tests.linter.source.build import PATH, at, function, unit


def names(made: Unit) -> list[str]:
    return [f.name for f in made.functions]


def params(source: str) -> list[tuple[str, str, bool]]:
    return [(p.name, p.type, p.pointer) for p in function(source).params]


def node_of(where: Function, text: str) -> Node:
    node = at(where, text).node
    assert node is not None
    return node


# Functions.


def test_functions_are_found_wherever_they_stand() -> None:
    made = unit(
        "int a(void) { return 0; }\n#ifdef X\nstatic int b(void) { return 0; }\n#else\n"
        "static inline int b(void) { return 1; }\n#if Y\nint c(void) { return 0; }\n#elif Z\n"
        'int d(void) { return 0; }\n#endif\n#endif\nextern "C" {\nint e(void) { return 0; }\n'
        "#ifdef W\nint g(void) { return 0; }\n#endif\n}\nint proto(void);\nstruct s { int x; };\n"
    )
    assert names(made) == ["a", "b", "b", "c", "d", "e", "g"]
    assert [f.static for f in made.functions] == [False, True, True, False, False, False, False]
    assert not made.fragment and made.unparsed == []


def test_a_header_guard_is_no_obstacle() -> None:
    made = unit("#ifndef H\n#define H\nstatic inline int a(void) { return 0; }\n#endif\n", "x.h")
    assert names(made) == ["a"]


@pytest.mark.parametrize(
    ("signature", "name", "result"),
    [
        ("int f(int a)", "f", "int"),
        ("static unsigned long f(int a)", "f", "unsigned long"),
        ("struct page *f(int a)", "f", "struct page"),
        ("static inline void __init f(int a)", "f", "void"),
        ("static __always_inline int f(int a)", "f", "int"),
        ("int __must_check f(int a)", "f", "int"),
        ("noinline __maybe_unused static u64 f(int a)", "f", "u64"),
        ("struct rec **f(int a)", "f", "struct rec"),
        ("int (*f(int a))(int b, int c)", "f", "int"),
        ("__attribute__((cold)) int f(int a)", "f", "int"),
        ("int\nf(int a)", "f", "int"),
    ],
)
def test_signatures(signature: str, name: str, result: str) -> None:
    found = function(f"{signature}\n{{\n\treturn 0;\n}}\n")
    assert (found.name, found.result) == (name, result)
    assert [p.name for p in found.params] == ["a"]


def test_parameters() -> None:
    assert params(
        "int f(struct kvm *kvm, const u64 ipa, int map[MAX_map], int (*cb)(int cb2, void *), "
        "struct page **page, unsigned int, char *const name, void *, ...) { return 0; }"
    ) == [
        ("kvm", "struct kvm *", True),
        ("ipa", "const u64", False),
        ("map", "int", True),
        ("cb", "int (*", False),
        ("page", "struct page **", True),
        ("", "unsigned int", False),
        ("name", "char *const", True),
        ("", "void *", False),
    ]
    assert params("int f(void) { return 0; }") == [("", "void", False)]
    assert params("int f() { return 0; }") == []


def test_a_parameter_by_name() -> None:
    where = function("int f(struct realm *realm) { return 0; }")
    param = where.param("realm")
    assert param is not None and param.type == "struct realm *"
    assert where.param("other") is None


def test_types_of_names() -> None:
    where = function(
        "int f(enum way w, u64 *p) {\n\tstruct rec *rec = get(), *more;\n\tenum hue h;\n}"
    )
    assert where.type_of("w") == "enum way"
    assert where.type_of("p") == "u64 *"
    assert where.type_of("rec") == where.type_of("more") == "struct rec"
    assert where.type_of("h") == "enum hue"
    assert where.type_of("x") == ""


def test_the_comment_right_above() -> None:
    made = unit(
        "/* one */\nint a(void) { return 0; }\n/* two */\n\nint b(void) { return 0; }\n"
        "/* three */\nint x;\nint c(void) { return 0; }\n"
    )
    assert [f.comment for f in made.functions] == ["/* one */", "/* two */", ""]


def test_lines_and_function_at() -> None:
    made = unit("int a(void)\n{\n\treturn 0;\n}\n\nint b(void)\n{\n\treturn 1;\n}\n")
    a, b = made.functions
    assert (a.lines, b.lines) == (range(1, 5), range(6, 10))
    found = [made.function_at(line) for line in range(1, 11)]
    assert found == [a] * 4 + [None] + [b] * 4 + [None]


def test_a_moved_function_keeps_its_facts() -> None:
    where = function("int a(void)\n{\n\treturn g();\n}\n")
    where.shift = 10
    found = where.finding(node_of(where, "return g()"), "no")
    assert where.lines == range(11, 15)
    assert (found.line, found.column, found.end) == (13, 2, (13, 13))
    assert where.place(where.node, "here") == (PATH, 11, "here")


def test_what_cannot_be_read_is_said() -> None:
    made = unit("int a(void)\n{\n\treturn 0;\n}\nint b(void)\n{\n\tint x = @@ 3 $ ((;\n}\n")
    assert "a" in names(made)
    assert any(first <= 7 <= last for first, last in made.unparsed)
    assert not any(first <= 3 for first, _ in made.unparsed)


# Findings.


def test_a_finding_stands_where_the_reader_looks() -> None:
    source = 'int a(void)\n{\n\t\tx("\u00e9", bad(1,\n\t\t\t2));\n\treturn 0;\n}\n'
    where = function(source)
    (site,) = where.facts.calls(lambda name: name == "bad")
    found = where.finding(site.node, "no", severity="info", catalogue=("A-B",))
    before = '\t\tx("\u00e9", '
    assert (found.line, found.column) == (3, len(before.encode()) + 1)
    assert found.end == (4, 6)  # just past `)`: three tabs, `2)`
    assert found.line_text == '\t\tx("\u00e9", bad(1,'
    assert (found.path, found.function, found.message) == (PATH, "a", "no")
    assert (found.severity, found.catalogue, found.fragment) == ("info", ("A-B",), False)


def test_the_text_is_the_patchs_own() -> None:
    """The dialect rewrites; the reader must not see it."""
    source = (
        "int a(void)\n{\n\tlist_for_each_entry(p, &head, list) {\n\t\tx(p);\n\t}\n\treturn 0;\n}\n"
    )
    where = function(source)
    (loop,) = where.facts.flow.loops
    assert loop.node is not None
    assert where.finding(loop.node, "no").line_text == "\tlist_for_each_entry(p, &head, list) {"


def test_a_carriage_return_is_no_text() -> None:
    where = function("int a(void)\r\n{\r\n\treturn g();\r\n}\r\n")
    assert where.finding(node_of(where, "return g()"), "no").line_text == "\treturn g();"


# Statements.


@pytest.mark.parametrize(
    ("statement", "inside", "text"),
    [
        ("x(  a,\n\t\tb );", "a", "x( a, b );"),
        ("if (a &&\n    b)\n\t{ x(); y(); }", "a", "if (a && b)"),
        ("while (a) { x(); }", "a", "while (a)"),
        ("for (a = 0; b; c++) x();", "b", "for (a = 0; b; c++)"),
        ("switch (a) { case 1: x(); }", "a", "switch (a)"),
        ("int t = a;", "a", "int t = a;"),
        ("return a;", "a", "return a;"),
        ("if (c) x(a);", "a", "x(a);"),
    ],
)
def test_the_statement_around_a_node(statement: str, inside: str, text: str) -> None:
    made = unit(f"int f(void)\n{{\n\t{statement}\n}}\n")
    found = [n for n in made.nodes("identifier") if n.text == inside.encode()]
    assert statement_text(found[0]) == text


@pytest.mark.parametrize(
    ("source", "inside", "text"),
    [
        ("struct s {\n\tint a;\n\tint b;\n};", "b", "int b;"),
        ("enum e {\n\tA = 1,\n\tB = 2,\n};", "B", "B = 2"),
        ("int f(int a)\n{\n\treturn 0;\n}", "f", "int f(int a)"),
        ("#ifdef X\nint f(int a)\n{\n\treturn 0;\n}\n#endif", "f", "int f(int a)"),
        ("int a = 3;", "a", "int a = 3;"),
    ],
)
def test_what_stands_outside_of_statements(source: str, inside: str, text: str) -> None:
    """Nothing below or above it may change its fingerprint."""
    made = unit(f"int before;\n{source}\nint after;\n")
    kinds = ("identifier", "field_identifier")
    (node,) = (n for n in made.nodes(*kinds) if n.text == inside.encode())
    assert statement_text(node) == text


# Macros.

MACRO = """int before;

#define TRY(x, y)\t\t\\
do {\t\t\t\\
	if (WARN_ON(x))\t\\
		undo(y);\t\\
} while (0)
#define ONE(x) do { one(x, #x, x ## _t); } while (0)
#define CONSTANT 3
#define EXPRESSION(x) call(x)
"""


def test_macros_are_read_as_functions() -> None:
    made = unit(MACRO)
    assert [m.name for m in made.macros] == ["TRY", "ONE"]
    first, second = (m.function for m in made.macros)
    (site,) = first.facts.calls(lambda name: name == "undo")
    found = first.finding(site.node, "no")
    assert (found.line, found.column, found.end) == (6, 3, (6, 10))
    assert found.line_text == "\t\tundo(y);\t\\"
    assert (found.function, found.fragment) == ("TRY", False)
    (site,) = second.facts.calls(lambda name: name == "one")
    found = second.finding(site.node, "no")
    start = "#define ONE(x) do { "
    assert (found.line, found.column) == (8, len(start) + 1)
    assert found.line_text == "#define ONE(x) do { one(x, #x, x ## _t); } while (0)"


# Fragments.


def piece(source: str, first: int, added: frozenset[int] = frozenset(), section: str = "") -> Unit:
    """Lines as of a hunk: they are counted from `first`."""
    count = source.count("\n")
    return unit(source, lines=list(range(first, first + count)), added=added, section=section)


def test_a_fragment_counts_the_files_lines() -> None:
    made = piece("\treturn 0;\n}\n\nint g(int a)\n{\n\tx(a);\n\treturn 1;\n}\n\nint h(", 100)
    assert made.fragment
    assert names(made) == ["g"]
    (g,) = made.functions
    assert g.lines == range(103, 108)
    found = g.finding(node_of(g, "x(a)"), "no")
    assert (found.line, found.column, found.line_text) == (105, 2, "\tx(a);")
    assert found.fragment


def test_the_first_row_has_its_own_columns() -> None:
    """What the repair puts in front is not the reader's."""
    made = piece("\tret = rmi_x(a);\n\tif (ret)\n\t\treturn ret;\n", 50, section="int f(int a)")
    (call,) = (n for n in made.nodes("call_expression") if n.text == b"rmi_x(a)")
    found = made.finding(call, "no")
    assert (found.line, found.column, found.end) == (50, 8, (50, 16))
    assert found.line_text == "\tret = rmi_x(a);"
    assert made.functions == []


@pytest.mark.parametrize(
    "source",
    [
        "int f(int a)\n{\n\tx();\n",
        "\tx();\n\treturn 0;\n}\n",
        "int f(int a,\n",
    ],
)
def test_an_incomplete_function_is_none(source: str) -> None:
    assert piece(source, 1).functions == []


def test_a_gap_between_hunks_keeps_its_numbers() -> None:
    made = unit("int f(void)\n{\n\treturn 0;\n}\nint g(void)\n{\n\treturn 0;\n}\n",
                lines=[1, 2, 3, 4, 90, 91, 92, 93])  # fmt: skip
    assert [f.lines for f in made.functions] == [range(1, 5), range(90, 94)]


def test_nodes_are_given_in_order() -> None:
    made = unit("int f(void) { a(b()); c(); }\nint g(void) { d(); }")
    found = [(n.text or b"").decode() for n in made.nodes("call_expression")]
    assert found == ["a(b())", "b()", "c()", "d()"]
    assert list(made.nodes("while_statement")) == []


def test_a_function_has_the_words_of_the_patch() -> None:
    """Not those that the parser gets: a rule's words are looked for in them."""
    source = b"void f(void)\n{\n\tfor_each_mem_region(r) {\n\t\tg(r);\n\t}\n}\n"
    (whole,) = Unit("f.c", source, World()).functions
    assert whole.source == source.rstrip(b"\n")


def test_nodes_of_several_types_come_in_source_order() -> None:
    made = unit("int f(void)\n{\n\tg();\n\tif (a)\n\t\tgoto out;\n\th();\nout:\n\treturn k();\n}\n")
    kinds = ("goto_statement", "call_expression", "return_statement")
    found = [made.original(n) for n in made.nodes(*kinds)]
    assert found == ["g()", "goto out;", "h()", "return k();", "k()"]
    assert [n.type for n in made.nodes("return_statement")] == ["return_statement"]
    assert list(made.nodes("while_statement")) == []

"""Edits that a rule asks for, in the file's own lines and columns."""

from __future__ import annotations

import pytest

from linter.finding import Edit, Finding
from linter.source.amend import (
    Amendment,
    insert_after,
    insert_before,
    moved,
    remove,
    replace,
)
from linter.source.unit import Unit
from linter.source.world import World
from tests.linter.source.build import unit


def find(made: Unit, text: str, kind: str = "") -> object:
    """The outermost node that reads so."""
    kinds = (
        (kind,) if kind else ("expression_statement", "identifier", "declaration", "number_literal")
    )
    return next(n for n in made.nodes(*kinds) if made.original(n) == text)


def edited(source: str, edits: tuple[Edit, ...]) -> str:
    for edit in sorted(edits, reverse=True):
        rows = source.encode().split(b"\n")
        start = sum(len(row) + 1 for row in rows[: edit.line - 1]) + edit.column - 1
        end = sum(len(row) + 1 for row in rows[: edit.end_line - 1]) + edit.end_column - 1
        whole = source.encode()
        source = (whole[:start] + edit.text.encode() + whole[end:]).decode()
    return source


def drop(node: object) -> Amendment:
    """Its comment too."""
    return remove(node, comment=True)  # type: ignore[arg-type]


SOURCE = """\
int f(int a)
{
\tint x, b;	/* ü */ g(a); /* why */
\tif (a)
\t\th(a,
\t\t  b);
out: k(1);
\tm(2); n(3);
\treturn x;
}
"""


@pytest.mark.parametrize(
    ("node", "how", "text", "old", "new"),
    [
        ("b", replace, "b = 0", "x, b;", "x, b = 0;"),
        ("g(a);", replace, "G();", "/* ü */ g(a); /*", "/* ü */ G(); /*"),
        ("h(a,\n\t\t  b);", replace, "{\n\th();\n}", "h(a,\n\t\t  b);", "{\n\t\t\th();\n\t\t}"),
        ("g(a);", insert_after, "p();", "g(a); /* why */\n", "g(a); /* why */\n\tp();\n"),
        ("g(a);", insert_before, "p();", "/* ü */ g(a);", "/* ü */ p();\n\tg(a);"),
        ("m(2);", insert_after, "p();", "m(2); n(3);", "m(2);\n\tp(); n(3);"),
        ("m(2);", insert_before, "p();\nq();", "\tm(2);", "\tp();\n\tq();\n\tm(2);"),
        ("n(3);", insert_after, "p();", "n(3);\n", "n(3);\n\tp();\n"),
        ("m(2);", remove, None, "m(2); n(3);", " n(3);"),
        ("g(a);", remove, None, "g(a);", ""),
        ("g(a);", drop, None, " g(a); /* why */", ""),
        ("n(3);", remove, None, " n(3);", ""),
        ("int x, b;", remove, None, "int x, b;", ""),
    ],
)
def test_edits(node: str, how: object, text: str | None, old: str, new: str) -> None:
    made = unit(SOURCE)
    assert SOURCE.count(old) == 1
    given = (find(made, node),) if text is None else (find(made, node), text)
    found = made.finding(given[0], "m", edits=[how(*given)])  # type: ignore[arg-type,operator]
    assert edited(SOURCE, found.edits) == SOURCE.replace(old, new)


def test_a_whole_line_goes() -> None:
    source = "int f(void)\n{\n\tg(1,\n\t  2);\n\treturn 0;\n}\n"
    made = unit(source)
    node = find(made, "g(1,\n\t  2);")
    (edit,) = made.finding(node, "m", edits=[remove(node)]).edits  # type: ignore[arg-type]
    assert edit == Edit(3, 1, 5, 1, "")


@pytest.mark.parametrize(("how", "left"), [(remove, "\t/* why */\n"), (drop, "")])
def test_the_comment_at_the_end_stays_or_goes(how: object, left: str) -> None:
    source = "int f(void)\n{\n\th();\n\tg(1);\t/* why */\n\treturn 0;\n}\n"
    made = unit(source)
    node = find(made, "g(1);")
    found = made.finding(node, "m", edits=[how(node)])  # type: ignore[arg-type,operator]
    assert edited(source, found.edits) == source.replace("\tg(1);\t/* why */\n", left)


@pytest.mark.parametrize(
    ("source", "gone"),
    [
        ("int f(void)\n{\n\tint a;\n\n\treturn 0;\n}\n", "\tint a;\n\n"),
        ("int f(void)\n{\n\tg();\n\n\tint a;\n\n\treturn 0;\n}\n", "\tint a;\n\n"),
        ("int f(void)\n{\n\tg();\n\tint a;\n\n\treturn 0;\n}\n", "\tint a;\n"),
        ("#define B 1\n\n#define A 2\n\nint a(void);\n", "#define A 2\n\n"),
        ("#define B 1\n#define A 2\n\nint b(void);\n", "#define A 2\n"),
        ("#define B 1\n\n#define A 2\n", "#define A 2\n"),
    ],
)
def test_no_empty_line_is_left_where_none_belongs(source: str, gone: str) -> None:
    made = unit(source)
    *_, node = made.nodes("declaration" if "{" in source else "preproc_def")
    found = made.finding(node, "m", edits=[remove(node)])
    assert edited(source, found.edits) == source.replace(gone, "")


@pytest.mark.parametrize("how", [insert_before, insert_after, remove])
def test_nothing_goes_beside_the_only_statement_of_a_branch(how: object) -> None:
    made = unit(SOURCE)
    node = find(made, "h(a,\n\t\t  b);")
    given = (node,) if how is remove else (node, "p();")
    assert made.finding(node, "m", edits=[how(*given)]).edits == ()  # type: ignore[arg-type,operator]


def test_a_label_keeps_its_statement() -> None:
    made = unit(SOURCE)
    node = find(made, "k(1);")
    assert made.finding(node, "m", edits=[remove(node)]).edits == ()  # type: ignore[arg-type]


def test_all_or_none() -> None:
    made = unit(SOURCE)
    good, bad = find(made, "b"), find(made, "k(1);")
    edits: list[Amendment] = [replace(good, "c"), remove(bad)]  # type: ignore[arg-type]
    assert made.finding(good, "m", edits=edits).edits == ()  # type: ignore[arg-type]


def test_the_body_of_a_macro_is_left_alone() -> None:
    made = unit("#define F(x) do { \\\n\tg(x); \\\n} while (0)\n")
    function = made.macros[0].function
    node = function.facts.sites[0].node
    assert function.finding(node, "m").line == 2
    assert function.finding(node, "m", edits=[replace(node, "h(x)")]).edits == ()


def test_a_file_with_cr_is_left_alone() -> None:
    made = unit("int f(void)\r\n{\r\n\treturn 1;\r\n}\r\n")
    node = find(made, "1")
    assert made.finding(node, "m", edits=[replace(node, "2")]).edits == ()  # type: ignore[arg-type]


def fragment(source: str, section: str = "int f(void)") -> Finding:
    """A finding of `1` in a hunk that begins at line 40 of its file."""
    count = source.count("\n")
    made = Unit("a.c", source.encode(), World(), lines=[*range(40, 40 + count)], section=section)
    node = find(made, "1")
    return made.finding(node, "m", edits=[replace(node, "2")])  # type: ignore[arg-type]


def test_a_hunk_has_the_lines_of_its_file() -> None:
    assert fragment("\tg();\n\tif (a)\n\t\th(1);\n").edits == (Edit(42, 5, 42, 6, "2"),)


def test_what_a_repair_puts_before_a_hunk_does_not_count() -> None:
    found = fragment("\th(1);\n\t}\n\treturn 0;\n}\n")
    assert found.edits == (Edit(40, 4, 40, 5, "2"),)


def test_what_was_rewritten_for_the_parser_is_read_as_it_was() -> None:
    made = unit("int f(void)\n{\n\tfor_each_vcpu(v) {\n\t\tg(1);\n\t}\n\treturn 0;\n}\n")
    loop = next(made.nodes("for_statement", "while_statement"))
    assert made.original(loop).startswith("for_each_vcpu(v) {")


def test_a_function_that_moved_takes_its_edits_along() -> None:
    made = unit("int f(void)\n{\n\treturn 1;\n}\n")
    function = made.functions[0]
    function.shift = 7
    node = find(made, "1")
    found = function.finding(node, "m", edits=[replace(node, "2")])  # type: ignore[arg-type]
    assert (found.line, found.edits) == (10, (Edit(10, 9, 10, 10, "2"),))
    assert moved(found.edits[0], -7) == Edit(3, 9, 3, 10, "2")

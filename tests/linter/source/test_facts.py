"""Where values come from and go to, against the graph of the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from linter.source.facts import At
from linter.source.unit import Function
from tests.linter.source.build import at, body, function, line, source_text
from tests.linter.source.programs import VARIABLES, Program, programs


def lines_after(program: Program, start: int, name: str) -> set[int]:
    """The live lines reached from `start` without a write of `name` between."""
    edges: dict[int, set[int]] = {}
    for (here, _), targets in program.succ().items():
        edges.setdefault(here, set()).update(targets)
    writes = {at for at, effect in program.effects().items() if name in written(effect)}
    seen: set[int] = set()
    todo = list(edges[start])
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            if here not in writes:
                todo.extend(edges.get(here, ()))
    return seen


def written(effect: tuple[object, ...]) -> tuple[object, ...]:
    return effect[1:3] if effect[0] == "twice" else effect[1:2]


@settings(deadline=None, max_examples=120)
@given(programs())
def test_reaching_definitions_are_those_of_the_program(program: Program) -> None:
    facts = function(program.source).facts
    live = program.live()
    points = [p for p in facts.points if p.kind not in ("join", "goto", "entry", "exit", "dead")]
    for name in VARIABLES:
        starts = [0, *(n for n, e in program.effects().items() if name in written(e) and n in live)]
        reach = {start: lines_after(program, start, name) for start in starts}
        for point in points:
            wanted = {start for start in starts if line(point) in reach[start]}
            hits = facts.reaching(point, name)
            assert {line(hit.point) for hit in hits} == wanted
            assert len(hits) == len(wanted)
            assert all((hit.definition.how == "param") == (line(hit.point) == 0) for hit in hits)


@settings(deadline=None, max_examples=80)
@given(programs())
def test_next_uses_are_the_reads_before_the_next_write(program: Program) -> None:
    facts = function(program.source).facts
    reads: dict[str, set[int]] = {name: set() for name in VARIABLES}
    for code in program.code:
        if code[0] in ("cond", "switch"):
            reads[code[2]].add(code[1])
        elif code[0] == "step" and code[2][0] == "copy":
            reads[code[2][2]].add(code[1])
        elif code[0] == "step" and code[2][0] == "add":
            reads[code[2][1]].add(code[1])
        elif code[0] == "ret":
            reads[program.lines[code[1] - 1].split()[1].rstrip(";")].add(code[1])
    for name in VARIABLES:
        for found in facts.defs(name):
            wanted = lines_after(program, line(found.point), name) & reads[name]
            assert {line(point) for point, _ in facts.next_uses(found)} == wanted


def texts(hits: list[At]) -> list[str]:
    return sorted(source_text(hit.point).rstrip(";") or hit.definition.how for hit in hits)


def test_only_code_that_runs_reaches() -> None:
    where = body("goto in;\na = 1;\nreturn 0;\na = 2;\nin:\nx(a);")
    assert texts(where.facts.reaching(at(where, "x(a)"), "a")) == ["param"]


def test_a_declaration_is_a_definition_of_its_own_kind() -> None:
    where = body("int t;\nif (a)\nt = 1;\nx(t);")
    hits = where.facts.reaching(at(where, "x(t)"), "t")
    assert [hit.definition.how for hit in hits] == ["decl", "assign"]


def test_an_out_argument_reaches() -> None:
    where = body("int t = 0;\nret = g(&t);\nx(t);")
    (hit,) = where.facts.reaching(at(where, "x(t)"), "t")
    assert hit.definition.how == "out"
    assert hit.definition.call is not None
    assert hit.definition.call.name == "g"


def test_the_whole_reaches_a_part() -> None:
    where = body("struct s v = init();\nv.y = 1;\nx(v.x);")
    assert texts(where.facts.reaching(at(where, "x(v.x)"), "v.x")) == ["struct s v = init()"]


def test_sources_look_through_copies() -> None:
    where = body("int t = f(), u;\nif (b)\nt = c;\nu = (int)t;\nx(u);")
    found = where.facts.sources(at(where, "x(u)"), "u")
    assert texts(found) == ["int t = f(), u", "param"]
    assert {hit.definition.name for hit in found} == {"t", "c"}


def test_sources_of_a_copy_of_something_outside() -> None:
    where = body("int u = global;\nx(u);")
    assert texts(where.facts.sources(at(where, "x(u)"), "u")) == ["int u = global"]


def test_copies_in_a_circle_end() -> None:
    where = body("while (c) {\na = b;\nb = a;\n}\nx(a);")
    assert texts(where.facts.sources(at(where, "x(a)"), "a")) == ["param", "param"]


def test_points_sites_and_calls_of_live_code() -> None:
    facts = body("x(y());\nif (a) return z(b);\nWARN_ON(w());\nreturn 0;\nv();").facts
    assert [site.name for site in facts.sites] == ["y", "x", "z", "w", "WARN_ON"]
    assert [site.name for site in facts.calls(lambda name: name in ("w", "v", "y"))] == ["y", "w"]
    assert [site.name for site in facts.warns()] == ["WARN_ON"]
    assert {site.name for site in facts.sites if facts.is_statement(site)} == {"x", "WARN_ON"}


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("f(a);", True),
        ("(f(a));", True),
        ("(void)f(a);", True),
        ("a = f(a);", False),
        ("if (f(a)) x();", False),
        ("return f(a);", False),
        ("int t = f(a);", False),
    ],
)
def test_a_statement_of_its_own(source: str, statements: bool) -> None:
    facts = body(source).facts
    (site,) = facts.calls(lambda name: name == "f")
    assert facts.is_statement(site) == statements


def test_uses_of_a_name_include_its_parts() -> None:
    facts = body("x(r.a0);\ny(r);\nz(s.a0);").facts
    assert [source_text(p).rstrip(";") for p, _ in facts.uses("r")] == ["x(r.a0)", "y(r)"]


def test_reads_and_writes_of_a_point() -> None:
    where = body("a = b + r->x;\nf(&c);")
    first, second = at(where, "a = b + r->x"), at(where, "f(&c)")
    facts = where.facts
    assert facts.writes(first, "a") and facts.writes(first, "a.x") and not facts.writes(first, "b")
    assert facts.reads(first, "b") and facts.reads(first, "r") and not facts.reads(first, "a")
    assert facts.writes(second, "c") and not facts.reads(second, "c")


def test_tests_of_a_name() -> None:
    facts = body("if (a && !b) x();\nif (b == RMI_BUSY || 0 > a) y();\nwhile (c) z();").facts
    assert [(t.op, t.against) for _, t in facts.tests("b")] == [("!=", "0"), ("==", "RMI_BUSY")]
    assert [(t.op, t.against) for _, t in facts.tests("a")] == [("!=", "0"), ("<", "0")]
    assert [point.kind for point, _ in facts.tests("c")] == ["cond"]


def test_calls_of_a_loop() -> None:
    facts = body("x();\nwhile (a) {\nf(a);\nif (g(b))\nbreak;\n}\ny();").facts
    (loop,) = facts.flow.loops
    assert [s.name for s in facts.loop_calls(loop, lambda name: True)] == ["f", "g"]


# Firmware.


def reason(where: Function, point: str = "x(v)", name: str = "v") -> str:
    here = at(where, point)
    node = next(node for path, node in where.facts.effects(here).uses if path == name)
    return where.facts.from_firmware(here, node)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("unsigned long v = res.a1;", "res.a1"),
        ("unsigned long v = regs->a3;", "regs->a3"),
        ("unsigned long v = (u64)res.a1;", "res.a1"),
        ("int v = RMI_RETURN_INDEX(ret);", "RMI_RETURN_INDEX(ret)"),
        ("u64 v = rec->run->exit.ripas_base;", "rec->run->exit.ripas_base"),
        ("unsigned long v = rmi_rtt_create(rd, rtt, ipa, level);", "rmi_rtt_create() returned it"),
        ("u64 v;\nret = rmi_rtt_destroy(rd, ipa, level, &v);", "rmi_rtt_destroy() wrote it"),
        ("u64 t = res.a2;\nu64 v = t;", "res.a2"),
        ("u64 v = ALIGN(res.a2, 8);", "ALIGN(res.a2,8)"),
        ("u64 t = res.a2;\nu64 v = ALIGN(t, 8);", "ALIGN(t,8)"),
        ("u64 v = a;", ""),
        ("u64 v = 3;", ""),
        ("u64 v = host(a);", ""),
        ("u64 v;\nhost(&v);", ""),
        ("u64 v = res.a1;\nv = 0;", ""),
        ("u64 v = 0;\nif (a)\nv = res.a1;", "res.a1"),
    ],
)
def test_what_came_from_firmware(source: str, wanted: str) -> None:
    assert reason(body(f"{source}\nx(v);")) == wanted


def test_an_expression_with_a_register_in_it() -> None:
    where = body("y(a + res.a1);\nz(RMI_RETURN_STATUS(a) + 1);\nw(a);")
    for text, wanted in (("y(a + res.a1)", "res.a1"), ("w(a)", "")):
        point = at(where, text)
        assert point.node is not None
        assert where.facts.from_firmware(point, point.node) == wanted
    point = at(where, "z(RMI_RETURN_STATUS(a) + 1)")
    assert point.node is not None
    assert where.facts.from_firmware(point, point.node) == "RMI_RETURN_STATUS(a)"


def test_a_wrapper_in_the_file_counts_by_its_body() -> None:
    source = """
static int rmi_data_count(u64 *out) { *out = 3; return 0; }
static unsigned long ask(u64 *out)
{
	struct arm_smccc_res res;

	*out = 0;
	return res.a0;
}
int f(int a) {
	u64 v, w;
	rmi_data_count(&v);
	ask(&w);
	x(v);
	y(w);
	return 0;
}
"""
    where = function(source, "f")
    assert reason(where, "x(v)", "v") == ""
    assert reason(where, "y(w)", "w") == "ask() wrote it"


def test_the_call_whose_status_a_name_holds() -> None:
    where = body(
        "int ret = host(a);\nx(ret);\nret = rmi_realm_create(rd, p);\nif (ret)\ny(ret);\n"
        "ret = 0;\nz(ret);"
    )
    assert where.facts.status_of(at(where, "x(ret)"), "ret") is None
    found = where.facts.status_of(at(where, "y(ret)"), "ret")
    assert found is not None
    assert found.name == "rmi_realm_create"
    assert where.facts.status_of(at(where, "z(ret)"), "ret") is None

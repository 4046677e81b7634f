"""What is known of variables on each way, against programs that are run."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings

from linter.source import explore as explore_module
from linter.source.explore import ANY, UNSET, ZERO, State, Test, Value, refine, test_of
from linter.source.flow import Point
from linter.source.unit import Function
from tests.linter.source.build import allows, at, body, function, line
from tests.linter.source.programs import STOP, VARIABLES, Program, programs

test_of.__test__ = False  # type: ignore[attr-defined]  # a function of the module, no test
Test.__test__ = False  # type: ignore[attr-defined]


def states(where: Function, point: str, **env: Value) -> list[State]:
    """What is known whenever the point of a text is reached."""
    goal = at(where, point)
    walk = where.facts.explore(where.facts.flow.entry, env)
    found = [state for here, state in walk if here is goal]
    assert walk.complete
    return found


def values(where: Function, point: str, name: str = "a", start: Value = ANY) -> set[Value]:
    return {state.get(name) for state in states(where, point, **{name: start})}


NONZERO = Value("", frozenset({"0"}))
NEGATIVE = Value("", frozenset({"0"}), "-")
POSITIVE = Value("", frozenset({"0"}), "+")
NOT_NEGATIVE = Value("", frozenset(), "0+")
NOT_POSITIVE = Value("", frozenset(), "-0")


# Against the oracle.


@settings(deadline=None, max_examples=200)
@given(programs())
def test_what_happens_is_allowed(program: Program) -> None:
    """Every value that a line meets in a real run is one that a state allows."""
    facts = function(program.source).facts
    walk = facts.explore(facts.flow.entry, dict.fromkeys(VARIABLES, ANY))
    known: dict[int, list[State]] = {}
    for point, state in walk:
        if point.kind not in ("join", "goto", "entry"):
            known.setdefault(STOP if point is facts.flow.exit else line(point), []).append(state)
    if not walk.complete:
        return
    for start in product((-1, 0, 1, 3), repeat=len(VARIABLES)):
        for at_line, now in program.run(dict(zip(VARIABLES, start, strict=True))):
            assert any(
                all(allows(state.get(name), number) for name, number in now.items())
                for state in known.get(at_line, [])
            ), (at_line, now)


@settings(deadline=None, max_examples=100)
@given(programs())
def test_one_variable_alone_is_sound_too(program: Program) -> None:
    """The others are aliases then, or unknown."""
    facts = function(program.source).facts
    for tracked in VARIABLES:
        walk = facts.explore(facts.flow.entry, {tracked: ZERO})
        known: dict[int, list[Value]] = {}
        for point, state in walk:
            if point.kind not in ("join", "goto", "entry", "exit", "dead"):
                known.setdefault(line(point), []).append(state.get(tracked))
        assert walk.complete
        for start in product((-1, 0, 1, 3), repeat=len(VARIABLES)):
            given_values = dict(zip(VARIABLES, start, strict=True)) | {tracked: 0}
            for at_line, now in program.run(given_values):
                if at_line != STOP:
                    found = known.get(at_line, [])
                    assert any(allows(v, now[tracked]) for v in found), (at_line, tracked, now)


# Refinement.


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("a", NONZERO, ZERO),
        ("!a", ZERO, NONZERO),
        ("a == 0", ZERO, NONZERO),
        ("a != 0", NONZERO, ZERO),
        ("0 == a", ZERO, NONZERO),
        ("a == NULL", ZERO, NONZERO),
        ("a == RMI_SUCCESS", ZERO, NONZERO),
        ("a == RMI_BUSY", Value("RMI_BUSY"), Value("", frozenset({"RMI_BUSY"}))),
        ("RMI_BUSY != a", Value("", frozenset({"RMI_BUSY"})), Value("RMI_BUSY")),
        ("a < 0", NEGATIVE, NOT_NEGATIVE),
        ("0 > a", NEGATIVE, NOT_NEGATIVE),
        ("a > 0", POSITIVE, NOT_POSITIVE),
        ("a >= 0", NOT_NEGATIVE, NEGATIVE),
        ("a <= 0", NOT_POSITIVE, POSITIVE),
        ("a > 3", ANY, ANY),
        ("a == b", ANY, ANY),
        ("a & 1", ANY, ANY),
        ("(a)", NONZERO, ZERO),
        ("WARN_ON(a)", NONZERO, ZERO),
        ("(a = f())", NONZERO, ZERO),
        ("(a = f()) == 0", ZERO, NONZERO),
        ("RMI_RETURN_STATUS(a)", NONZERO, ZERO),
        ("RMI_RETURN_STATUS(a) == RMI_BUSY", Value("RMI_BUSY"), Value("", frozenset({"RMI_BUSY"}))),
    ],
)
def test_what_a_test_tells(condition: str, true: Value, false: Value) -> None:
    where = body(f"if ({condition})\nx();\nelse\ny();")
    assert values(where, "x()") == {true}
    assert values(where, "y()") == {false}


@pytest.mark.parametrize(
    ("value", "op", "against", "result"),
    [
        (ZERO, "==", "0", ZERO),
        (ZERO, "!=", "0", None),
        (ZERO, "<", "0", None),
        (ZERO, ">", "0", None),
        (ZERO, "<=", "0", ZERO),
        (ZERO, ">=", "0", ZERO),
        (ZERO, "==", "-EINVAL", None),
        (ZERO, "==", "RMI_ERROR_RTT", None),
        (ZERO, "==", "0x1000", None),
        (Value("-EINVAL"), "<", "0", Value("-EINVAL")),
        (Value("-EINVAL"), ">", "0", None),
        (Value("-EINVAL"), ">=", "0", None),
        (Value("-EINVAL"), "==", "0", None),
        (Value("-EINVAL"), "==", "-ENOMEM", None),
        (Value("-EINVAL"), "!=", "-EINVAL", None),
        (Value("1"), "<=", "0", None),
        (Value("1"), "<", "0", None),
        (Value("1"), "==", "2", None),
        (Value("16"), "==", "0x10", Value("16")),
        (Value("8"), "==", "010UL", Value("8")),
        (Value("RMI_BUSY"), "==", "RMI_ERROR_RTT", None),
        (Value("RMI_BUSY"), "!=", "0", Value("RMI_BUSY")),
        # a name may stand for any number
        (Value("LEVEL_MIN"), "==", "0", Value("LEVEL_MIN")),
        (Value("LEVEL_MIN"), "==", "3", Value("LEVEL_MIN")),
        (Value("LEVEL_MIN"), "<", "0", Value("LEVEL_MIN")),
        (ZERO, "==", "LEVEL_MIN", ZERO),
        (NONZERO, "==", "0", None),
        (NONZERO, "==", "RMI_BUSY", Value("RMI_BUSY")),
        (NEGATIVE, ">", "0", None),
        (NOT_NEGATIVE, "<=", "0", ZERO),
        (NOT_NEGATIVE, "!=", "0", POSITIVE),
        (NONZERO, ">=", "0", POSITIVE),
        (NEGATIVE, "==", "RMI_BUSY", None),
        (POSITIVE, "==", "-EINVAL", None),
        (UNSET, "==", "0", UNSET),
        (UNSET, "!=", "0", UNSET),
        (UNSET, "<", "0", UNSET),
    ],
)
def test_refine(value: Value, op: str, against: str, result: Value | None) -> None:
    assert refine(value, op, against) == result


@pytest.mark.parametrize(
    ("value", "zero", "nonzero"),
    [
        (ANY, False, False),
        (ZERO, True, False),
        (NONZERO, False, True),
        (Value("-EINVAL"), False, True),
        (Value("RMI_ERROR_INPUT"), False, True),
        (Value("7"), False, True),
        (Value("0x10"), False, True),
        (Value("LEVEL_MIN"), False, False),
        (UNSET, False, False),
    ],
)
def test_zero_or_not(value: Value, zero: bool, nonzero: bool) -> None:
    assert (value.zero, value.nonzero) == (zero, nonzero)


def test_a_test_names_its_path_and_status() -> None:
    def tested(source: str) -> Test | None:
        node = at(body(f"if ({source}) x();"), source).node
        assert node is not None
        return test_of(node)

    assert tested("r->a != -EBUSY") == Test("r->a", "!=", "-EBUSY", False)
    assert tested("RMI_RETURN_STATUS(a) == RMI_BUSY") == Test("a", "==", "RMI_BUSY", True)
    assert tested("3 < a") == Test("a", ">", "3", False)
    assert tested("f(a)") is None
    assert tested("a == b") is None


# Ways.


def test_a_contradiction_is_not_gone() -> None:
    where = body("if (a) x();\nif (!a) y();\nif (a)\nz();")
    assert values(where, "z()") == {NONZERO}
    goal = at(where, "z()")
    walk = where.facts.explore(where.facts.flow.entry, {"a": ANY})
    for point, _ in walk:
        if point is goal:
            texts = [p for p in walk.trail() if p.kind == "step"]
            assert texts == [at(where, "x()"), goal]


def test_without_tracking_every_way_is_gone() -> None:
    where = body("if (a) x();\nif (!a)\ny();")
    seen = {p for p, _ in where.facts.explore(where.facts.flow.entry, {})}
    assert seen == where.facts.flow.reach([where.facts.flow.entry]) | {where.facts.flow.entry}


def test_cases_say_what_the_variable_is() -> None:
    where = body(
        "switch (RMI_RETURN_STATUS(a)) {\ncase RMI_SUCCESS:\nx();\nbreak;\n"
        "case RMI_BUSY:\ncase RMI_ERROR_RTT:\ny();\nbreak;\ndefault:\nz();\n}"
    )
    assert values(where, "x()") == {ZERO}
    assert values(where, "y()") == {Value("RMI_BUSY"), Value("RMI_ERROR_RTT")}
    assert values(where, "z()") == {Value("", frozenset({"0", "RMI_BUSY", "RMI_ERROR_RTT"}))}
    assert values(where, "z()", start=ZERO) == set()
    assert values(where, "x()", start=NONZERO) == set()


def test_past_a_switch_no_case_holds() -> None:
    where = body("switch (a) {\ncase 0:\nreturn 0;\ncase 1:\nreturn 1;\n}\nx();")
    assert values(where, "x()") == {Value("", frozenset({"0", "1"}))}


def test_a_range_of_cases_tells_nothing() -> None:
    where = body("switch (a) {\ncase 0 ... 5:\nx();\nbreak;\ndefault:\ny();\n}")
    assert values(where, "x()") == {ANY}
    assert values(where, "x()", start=ZERO) == {ZERO}
    assert values(where, "y()") == {ANY}


@pytest.mark.parametrize("zero", ["0x0", "0UL", "(0)", "NULL", "false"])
def test_a_case_of_zero_however_spelt(zero: str) -> None:
    where = body(f"switch (a) {{\ncase {zero}:\nx();\nbreak;\ndefault:\ny();\n}}")
    assert values(where, "x()") == {ZERO}
    assert values(where, "y()") == {NONZERO}


def test_an_enum_has_a_case_for_each_value() -> None:
    where = body("switch (e) {\ncase RED:\nx();\nbreak;\n}\ny();", "enum colour e, int a")
    assert values(where, "y()", "e") == {Value("RED")}


def test_the_status_of_a_result_is_an_alias() -> None:
    where = body(
        "ret = f();\nst = RMI_RETURN_STATUS(ret);\nif (st == RMI_BUSY)\nx();\n"
        "else if (!st)\ny();\nret = g();\nif (st)\nz();"
    )
    assert values(where, "x()", "ret") == {Value("RMI_BUSY")}
    assert values(where, "y()", "ret") == {ZERO}
    assert values(where, "z()", "ret") == {ANY}


def test_an_alias_ends_with_a_new_value() -> None:
    where = body("st = ret;\nst = g();\nif (st)\nreturn 1;\nx();", "int ret")
    assert values(where, "x()", "ret") == {ANY}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a = 0;", ZERO),
        ("a = -EINVAL;", Value("-EINVAL")),
        ("a = b;", ANY),
        ("a = f();", ANY),
        ("a = b = 0;", ZERO),
        ("a = (b = 0);", ZERO),
        ("b = 0, a = b;", ZERO),
        ("a += 1;", ANY),
        ("a++;", ANY),
        ("f(&a);", ANY),
        ("a = f(&a);", ANY),
        ("b = f();", Value("7")),
    ],
)
def test_what_a_statement_leaves(source: str, value: Value) -> None:
    where = body(f"{source}\nx();")
    (state,) = states(where, "x()", a=Value("7"), b=ANY)
    assert state.get("a") == value


def test_one_declaration_after_the_other() -> None:
    where = body("int s = 3, t = s;\nx();")
    (state,) = states(where, "x()", s=UNSET, t=UNSET)
    assert (state.get("s"), state.get("t")) == (Value("3"), Value("3"))


def test_what_was_never_set() -> None:
    where = body("int t;\nif (a)\nt = 1;\nx();")
    assert values(where, "x()", "t") == {UNSET, Value("1")}
    both = states(where, "x()", t=UNSET, a=ANY)
    assert {(s.get("a"), s.get("t")) for s in both} == {(NONZERO, Value("1")), (ZERO, UNSET)}


def test_a_part_goes_with_the_whole() -> None:
    where = body("res.a0 = 0;\nx();\nres = other;\ny();\nf(&res);\nz();")
    assert values(where, "x()", "res.a0") == {ZERO}
    assert values(where, "y()", "res.a0") == {ANY}
    assert values(where, "z()", "res.a0") == {ANY}


def test_what_is_pointed_to_goes_with_the_pointer() -> None:
    where = body("*p = 0;\nx();\np = q;\ny();", "int *p, int *q")
    assert values(where, "x()", "*p") == {ZERO}
    assert values(where, "y()", "*p") == {ANY}


# The walk itself.


def test_after_the_start_and_at_the_start() -> None:
    where = body("a = 0;\nx();")
    first = at(where, "a = 0")
    assert next(p for p, _ in where.facts.explore(first, {"a": ANY})) is first
    after = list(where.facts.explore(first, {"a": Value("7")}, after=True))
    assert after[0] == (at(where, "x()"), after[0][1])
    assert after[0][1].get("a") == Value("7")  # it has run: its value is what is given


def test_the_outcome_of_the_start_counts() -> None:
    where = body("if (a)\nx();\nelse\ny();")
    walk = where.facts.explore(at(where, "a"), {"a": ZERO}, after=True)
    assert next(p for p, _ in walk) is at(where, "y()")


def test_skip_stops_one_way() -> None:
    where = body("if (a)\nx();\nelse\ny();\nz();")
    for stop, wanted in ((["x()"], {"y()", "z()"}), (["x()", "y()"], {"y()"})):
        stops = [at(where, text) for text in stop]
        seen: set[Point] = set()
        walk = where.facts.explore(where.facts.flow.entry, {})
        for point, _ in walk:
            seen.add(point)
            if point in stops:
                walk.skip()
        assert {at(where, text) in seen for text in wanted} == {True}
        assert (at(where, "z()") in seen) == ("z()" in wanted)


def test_a_trail_is_a_way_through_the_graph() -> None:
    where = body("while (a) { if (b) break; x(); a = f(); }\nreturn a;")
    walk = where.facts.explore(where.facts.flow.entry, {"a": ANY, "b": ANY})
    count = 0
    for point, _ in walk:
        trail = walk.trail()
        assert trail[0] is where.facts.flow.entry
        assert trail[-1] is point
        for one, other in pairwise(trail):
            assert other in [edge.target for edge in one.edges]
        count += 1
    assert count > len(where.facts.points)  # some are seen with more than one value


def test_loops_end() -> None:
    where = body("while (a) { a++; while (b) { b = a; if (b == 3) a = 0; } }\nx();")
    walk = where.facts.explore(where.facts.flow.entry, {"a": ANY, "b": ANY})
    assert at(where, "x()") in {p for p, _ in walk}
    assert walk.complete


def test_too_many_states_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore_module, "MAX_STATES", 50)
    source = "".join(f"if (v{n} == {n}) v{n} = f();\n" for n in range(12))
    facts = body(source).facts
    walk = facts.explore(facts.flow.entry, {f"v{n}": ANY for n in range(12)})
    assert len(list(walk)) <= 52
    assert not walk.complete

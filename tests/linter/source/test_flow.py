"""The control-flow graph, against an oracle and by hand."""

from __future__ import annotations

from functools import partial
from operator import is_

import pytest
from hypothesis import given, settings

from linter.source.flow import NO_CASE, Flow, Outcome, Point
from tests.linter.source.build import at, body, function, line
from tests.linter.source.programs import DEAD, STOP, Program, programs

SILENT = ("join", "goto")


def following(flow: Flow, start: Point, when: Outcome) -> set[int]:
    """The lines of the next points that do something."""
    found: set[int] = set()
    seen: set[Point] = set()
    todo = [edge.target for edge in start.edges if edge.when == when]
    while todo:
        point = todo.pop()
        if point in seen:
            continue
        seen.add(point)
        if point.kind in SILENT:
            todo.extend(edge.target for edge in point.edges)
        else:
            found.add({"exit": STOP, "dead": DEAD}.get(point.kind, line(point)))
    return found


def edges(flow: Flow) -> dict[tuple[int, Outcome], set[int]]:
    """(line, outcome) -> next lines, for the points that can be reached."""
    found = {}
    for point in flow.reach([flow.entry]) | {flow.entry}:
        if point.kind not in SILENT:
            for edge in point.edges:
                found[line(point), edge.when] = following(flow, point, edge.when)
    return found


def after(flow: Flow, text: str, when: Outcome = None) -> list[str]:
    """The next points behind the point of a text, as text (or kind)."""
    start = at(flow, text) if text else flow.entry
    todo = [edge.target for edge in start.edges if edge.when == when]
    assert todo, (text, [edge.when for edge in start.edges])
    found = []
    seen: set[Point] = set()
    while todo:
        point = todo.pop(0)
        if point in seen:
            continue
        seen.add(point)
        if point.kind in SILENT:
            todo.extend(edge.target for edge in point.edges)
        else:
            node = point.node
            text = (node.text or b"").decode() if node is not None else point.kind
            found.append(" ".join(text.split()).rstrip(";"))
    return found


# Against the oracle.


@settings(deadline=None, max_examples=250)
@given(programs())
def test_edges_are_those_of_the_program(program: Program) -> None:
    flow = function(program.source).facts.flow
    live = program.live()
    wanted = {key: value for key, value in program.succ().items() if key[0] in live}
    assert edges(flow) == wanted


@settings(deadline=None, max_examples=60)
@given(programs())
def test_every_statement_has_a_point(program: Program) -> None:
    """Also the code that cannot be reached."""
    flow = function(program.source).facts.flow
    lines = sorted(line(p) for p in flow.points if p.node is not None and p.kind not in SILENT)
    assert lines == sorted(code[1] for code in program.code if code[0] not in ("jmp", "end"))


def reached(start: Point, without: Point | None = None) -> set[Point]:
    """What a walk finds that never enters `without`; a naive search."""
    seen: set[Point] = set()
    todo = [start] if start is not without else []
    while todo:
        point = todo.pop()
        if point not in seen:
            seen.add(point)
            todo.extend(edge.target for edge in point.edges if edge.target is not without)
    return seen


@settings(deadline=None, max_examples=60)
@given(programs())
def test_a_dominator_is_what_cannot_be_gone_round(program: Program) -> None:
    flow = function(program.source).facts.flow
    live = reached(flow.entry)
    for above in live:
        around = reached(flow.entry, above)
        for below in live:
            assert flow.dominates(above, below) == (below not in around)


@settings(deadline=None, max_examples=60)
@given(programs())
def test_a_loop_is_a_strong_component_below_its_head(program: Program) -> None:
    """Among the points that `head` dominates: those that reach it again."""
    flow = function(program.source).facts.flow
    live = reached(flow.entry)
    wanted: dict[Point, set[Point]] = {}
    for head in live:
        below = live - reached(flow.entry, head)
        came: dict[Point, set[Point]] = {}
        for point in below:
            for edge in point.edges:
                if edge.target in below:
                    came.setdefault(edge.target, set()).add(point)
        component: set[Point] = set()
        todo = list(came.get(head, ()))
        while todo:
            point = todo.pop()
            if point not in component:
                component.add(point)
                todo.extend(came.get(point, ()))
        if component:
            wanted[head] = component | {head}
    assert {loop.head: set(loop.body) for loop in flow.loops} == wanted
    sizes = [len(loop.body) for loop in flow.loops]
    assert sizes == sorted(sizes, reverse=True)
    for point in live:
        around = [body for body in wanted.values() if point in body]
        loop = flow.loop_of(point)
        assert (set(loop.body) if loop else None) == min(around, key=len, default=None)


@settings(deadline=None, max_examples=60)
@given(programs())
def test_reach_and_path_agree_with_a_naive_search(program: Program) -> None:
    flow = function(program.source).facts.flow
    stops = [p for p in flow.points if p.index % 3 == 0]
    for start in flow.points:
        distance: dict[Point, int] = {}
        layer = {edge.target for edge in start.edges}
        steps = 0
        while layer:
            steps += 1
            distance.update(dict.fromkeys(layer, steps))
            layer = {
                edge.target for point in layer if point not in stops for edge in point.edges
            } - distance.keys()
        assert flow.reach([start], stop=lambda p: p in stops) == distance.keys()
        for goal in flow.points:
            path = flow.path(start, partial(is_, goal), lambda p: p in stops)
            if goal not in distance:
                assert path is None
                continue
            assert path is not None
            assert len(path) == distance[goal]
            assert path[-1] is goal
            assert not any(point in stops for point in path[:-1])
            for one, other in zip([start, *path], path, strict=False):
                assert other in [edge.target for edge in one.edges]


# By hand: conditions.


def test_conditions_are_taken_apart() -> None:
    flow = body("if (a && !WARN_ON(b)) x(); y();").facts.flow
    assert after(flow, "") == ["a"]
    assert after(flow, "a", True) == ["b"]
    assert after(flow, "a", False) == ["y()"]
    assert after(flow, "b", True) == ["y()"]
    assert after(flow, "b", False) == ["x()"]
    assert after(flow, "x()") == ["y()"]


@pytest.mark.parametrize(
    ("condition", "warn"),
    [
        ("WARN_ON(a)", "WARN_ON"),
        ("WARN_ON_ONCE(a)", "WARN_ON_ONCE"),
        ('WARN(a, "level %d", b)', "WARN"),
        ('WARN_ONCE(a, "no")', "WARN_ONCE"),
        ("KVM_BUG_ON(a, kvm)", "KVM_BUG_ON"),
        ("unlikely(WARN_ON(a))", "WARN_ON"),
        ("WARN_ON(unlikely(a))", "WARN_ON"),
        ("WARN_ON((a))", "WARN_ON"),
        ("likely(a)", ""),
        ("a", ""),
    ],
)
def test_macros_that_hand_on_their_condition(condition: str, warn: str) -> None:
    flow = body(f"if ({condition}) x(); else y();").facts.flow
    assert after(flow, "a", True) == ["x()"]
    assert after(flow, "a", False) == ["y()"]
    assert at(flow, "a").warn == warn


def test_each_test_inside_a_warning_knows_it() -> None:
    flow = body("if (WARN_ON(a || !b) || c) x();").facts.flow
    assert [at(flow, name).warn for name in "abc"] == ["WARN_ON", "WARN_ON", ""]
    assert after(flow, "a", True) == after(flow, "b", False) == ["x()"]
    assert after(flow, "b", True) == ["c"]


def test_an_else_chain_tries_one_after_the_other() -> None:
    flow = body("if (a) x(); else if (b) y(); /* no */ else /* so */ { z(); } w();").facts.flow
    assert after(flow, "a", True) == ["x()"]
    assert after(flow, "a", False) == ["b"]
    assert after(flow, "b", True) == ["y()"]
    assert after(flow, "b", False) == ["z()"]
    assert after(flow, "x()") == after(flow, "y()") == after(flow, "z()") == ["w()"]


def test_a_choice_is_one_test() -> None:
    flow = body("if (a ? b : c) x();").facts.flow
    assert after(flow, "a ? b : c", True) == ["x()"]


# Loops.


@pytest.mark.parametrize(
    "forever",
    ["for (;;)", "while (1)", "while (true)", "for (; 1;)", "while (!0)", "while (1U)"],
)
def test_a_loop_without_end_goes_on_by_break_only(forever: str) -> None:
    flow = body(f"{forever} {{ if (a) break; x(); }} y();").facts.flow
    assert after(flow, "x()") == ["a"]
    assert after(flow, "a", True) == ["y()"]
    assert flow.exit in flow.reach([flow.entry])
    closed = body(f"{forever} x(); y();").facts.flow
    assert closed.exit not in closed.reach([closed.entry])


@pytest.mark.parametrize("zero", ["0", "false", "0UL", "0x0", "0u", "00", "!1", "(0)"])
def test_a_loop_of_one_round_is_none(zero: str) -> None:
    flow = body(f"do {{ if (a) continue; if (b) break; x(); }} while ({zero}); y();").facts.flow
    assert flow.loops == []
    assert after(flow, "a", True) == after(flow, "b", True) == after(flow, "x()") == ["y()"]


def test_continue_goes_to_the_update() -> None:
    flow = body("for (int i = 0; i < a; i++) { if (b) continue; x(); }").facts.flow
    assert after(flow, "") == ["int i = 0"]
    assert after(flow, "int i = 0") == ["i < a"]
    assert after(flow, "b", True) == ["i++"]
    assert after(flow, "i++") == ["i < a"]


@pytest.mark.parametrize(
    ("head", "first", "again"),
    [
        ("for (; a;)", ["a"], ["a"]),
        ("for (b = 1; ; b++)", ["b = 1"], ["b++"]),
        ("for (b = 1, c = 2; a; )", ["b = 1, c = 2"], ["a"]),
        ("for (; ; b++, c--)", ["x()"], ["b++, c--"]),
    ],
)
def test_a_for_may_lack_any_part(head: str, first: list[str], again: list[str]) -> None:
    flow = body(f"{head} x();").facts.flow
    assert after(flow, "") == first
    assert after(flow, "x()") == again


def test_break_and_continue_are_of_the_innermost_loop() -> None:
    flow = body("while (a) { do { if (b) break; if (c) continue; x(); } while (d); y(); }").facts
    assert after(flow.flow, "b", True) == ["y()"]
    assert after(flow.flow, "c", True) == ["d"]
    assert after(flow.flow, "d", True) == ["b"]
    outer, inner = flow.flow.loops
    assert inner.body < outer.body
    assert outer.node is not None and outer.node.type == "while_statement"
    assert inner.node is not None and inner.node.type == "do_statement"
    assert flow.flow.loop_of(at(flow.flow, "y()")) == outer
    assert flow.flow.loop_of(at(flow.flow, "x()")) == inner


def test_a_switch_in_a_loop_takes_break_and_not_continue() -> None:
    flow = body("while (a) { switch (b) { case 1: break; case 2: continue; } x(); } y();").facts
    switch = at(flow.flow, "(b)")
    assert [e.when for e in switch.edges] == ["1", "2", NO_CASE]
    assert after(flow.flow, "(b)", "1") == ["x()"]
    assert after(flow.flow, "(b)", "2") == ["a"]
    assert after(flow.flow, "(b)", NO_CASE) == ["x()"]


def test_a_kernel_iterator_is_a_loop() -> None:
    facts = body("list_for_each_entry(a, b, list) {\nif (c) break;\nx();\n}\ny();").facts
    (loop,) = facts.flow.loops
    assert at(facts.flow, "x()") in loop.body
    assert after(facts.flow, "c", True) == ["y()"]


def test_two_ways_back_are_one_loop() -> None:
    flow = body("again: x(); if (a) goto again; y(); if (b) goto again;").facts.flow
    (loop,) = flow.loops
    assert loop.goto
    assert {at(flow, text) for text in ("x()", "a", "y()", "b")} < loop.body


def test_a_labelled_loop_and_its_label() -> None:
    flow = body("retry: while (a) { if (b) goto retry; x(); }").facts.flow
    assert [loop.goto for loop in flow.loops] == [True, False]
    assert at(flow, "x()") in flow.loops[1].body


# Switch.


def test_cases_fall_through_and_default_stands_anywhere() -> None:
    flow = body(
        "switch (a) {\ncase 1:\nx();\nfallthrough;\ncase 2:\ny();\nbreak;\n"
        "default:\nz();\ncase -3: {\nw();\nbreak; }\ncase RMI_BUSY: case 5: v(); }\nend();"
    ).facts.flow
    assert after(flow, "x()") == ["fallthrough"]
    assert after(flow, "fallthrough") == ["y()"]
    assert after(flow, "y()") == ["end()"]
    assert after(flow, "(a)", "default") == ["z()"]
    assert after(flow, "z()") == ["w()"]
    assert after(flow, "(a)", "-3") == ["w()"]
    assert after(flow, "(a)", "RMI_BUSY") == after(flow, "(a)", "5") == ["v()"]
    assert after(flow, "v()") == ["end()"]
    assert NO_CASE not in [e.when for e in at(flow, "(a)").edges]


def test_a_case_inside_a_block_and_a_range() -> None:
    flow = body("switch (a) { { case 1: x(); } case 2 ... 4: y(); }").facts.flow
    assert after(flow, "(a)", "1") == ["x()"]
    assert after(flow, "x()") == ["y()"]
    (ranged,) = [e for e in at(flow, "(a)").edges if isinstance(e.when, str) and e.when[0] == "2"]
    assert after(flow, "(a)", ranged.when) == ["y()"]


def test_inner_switches_keep_their_cases() -> None:
    flow = body("switch (a) { case 1: switch (b) { case 2: x(); } y(); case 3: z(); }").facts.flow
    assert [e.when for e in at(flow, "(a)").edges] == ["1", "3", NO_CASE]
    assert [e.when for e in at(flow, "(b)").edges] == ["2", NO_CASE]
    assert after(flow, "(b)", NO_CASE) == ["y()"]


def test_a_case_may_depend_on_the_configuration() -> None:
    flow = body(
        "switch (a) {\ncase 1:\nx();\n#ifdef CONFIG_A\ncase 2:\ny();\nbreak;\n#endif\n"
        "default:\nz();\n}"
    ).facts.flow
    assert after(flow, "(a)", "2") == ["y()"]
    assert set(after(flow, "x()")) == {"y()", "z()"}
    assert after(flow, "y()") == ["exit"]


# Jumps.


def test_goto_forward_back_into_and_out_of_loops() -> None:
    flow = body(
        "if (a) goto in;\nwhile (b) {\nx();\nin:\ny();\nif (c) goto out;\n}\nz();\nout: w();"
    ).facts.flow
    assert after(flow, "a", True) == ["y()"]
    assert after(flow, "c", True) == ["w()"]
    assert after(flow, "c", False) == ["b"]
    # entered in two places: no point of it stands before all others
    assert flow.loops == []


@pytest.mark.parametrize("jump", ["goto out;", "break;", "continue;"])
def test_a_jump_out_of_a_macro_leaves_it(jump: str) -> None:
    flow = body(f"if (a)\n{jump}\nx();").facts.flow
    assert after(flow, "a", True) == ["exit"]
    assert after(flow, "a", False) == ["x()"]


@pytest.mark.parametrize("label", ["out: __maybe_unused;", "out: ;", "out:"])
def test_a_label_at_the_end(label: str) -> None:
    flow = body(f"if (a)\ngoto out;\nx();\n{label}").facts.flow
    assert after(flow, "a", True) == ["exit"]
    assert after(flow, "x()") == ["exit"]


@pytest.mark.parametrize(
    "stop", ["BUG();", "unreachable();", 'panic("no");', "__builtin_unreachable();", "(BUG());"]
)
def test_what_does_not_come_back(stop: str) -> None:
    flow = body(f"if (a) {stop} x();").facts.flow
    assert after(flow, "a", False) == ["x()"]
    assert after(flow, "a", True) == [stop.rstrip(";")]
    assert after(flow, stop.rstrip(";")) == ["dead"]


def test_bug_on_lets_only_false_pass() -> None:
    flow = body("BUG_ON(a || b);\nx();").facts.flow
    assert after(flow, "a", True) == after(flow, "b", True) == ["dead"]
    assert after(flow, "b", False) == ["x()"]


def test_a_warning_as_a_statement_is_one_step() -> None:
    flow = body("WARN_ON(f(a));\nx();").facts.flow
    assert at(flow, "WARN_ON(f(a))").kind == "step"
    assert after(flow, "WARN_ON(f(a))") == ["x()"]


def test_code_behind_a_return_is_kept_and_not_reached() -> None:
    facts = body("if (a) return 1;\nreturn 2;\nx();").facts
    live = facts.flow.reach([facts.flow.entry])
    assert at(facts.flow, "x()") not in live
    assert at(facts.flow, "return 1") in live
    assert after(facts.flow, "return 1") == ["exit"]


# What is not plain C.


def test_a_conditional_part_may_be_there_or_not() -> None:
    flow = body(
        "#ifdef CONFIG_A\nx();\n#elif defined(CONFIG_B)\ny();\n#else\nz();\n#endif\nw();\n"
        "#if 0\nv();\n#endif\nu();"
    ).facts.flow
    assert set(after(flow, "")) == {"x()", "y()", "z()"}
    assert after(flow, "x()") == after(flow, "y()") == after(flow, "z()") == ["w()"]
    assert set(after(flow, "w()")) == {"v()", "u()"}


def test_a_return_in_one_branch_of_the_configuration() -> None:
    flow = body("#ifdef CONFIG_A\nreturn a;\n#endif\nx();").facts.flow
    assert set(after(flow, "")) == {"return a", "x()"}
    assert after(flow, "return a") == ["exit"]


def test_a_statement_expression_is_one_step() -> None:
    facts = body("a = ({ int t = x(); t + 1; });\ny();").facts
    assert after(facts.flow, "") == ["a = ({ int t = x(); t + 1; })"]
    assert [site.name for site in facts.sites] == ["x", "y"]


def test_a_macro_without_semicolon_and_empty_statements() -> None:
    flow = body(";\nx();\n;;\n{ }\n{ ; y(); }").facts.flow
    assert after(flow, "x()") == ["y()"]


def test_an_empty_function() -> None:
    flow = function("void f(void) { }").facts.flow
    assert [edge.target for edge in flow.entry.edges] == [flow.exit]


def test_a_thousand_branches_are_quick() -> None:
    """Linear depth and no recursion over the length of a function."""
    source = "".join(f"if (a == {n})\nreturn {n};\n" for n in range(1000))
    flow = body(source).facts.flow
    assert flow.dominates(at(flow, "a == 0"), at(flow, "return 999"))

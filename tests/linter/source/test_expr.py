"""What one expression reads, writes and calls."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from linter.source.expr import (
    Effects,
    address_of,
    constant,
    covers,
    effects,
    path_of,
    squeeze,
    strip,
)
from tests.linter.source.build import body


def statement(source: str) -> Node:
    block = body(source).node.child_by_field_name("body")
    assert block is not None
    return block.named_children[0]


def expression(source: str) -> Node:
    return statement(f"{source};").named_children[0]


def effect(source: str) -> Effects:
    """The effects of the first statement."""
    return effects(statement(source))


def uses(source: str) -> list[str]:
    return [path for path, _ in effect(source).uses]


def defs(source: str) -> list[tuple[str, str]]:
    return [(d.name, d.how) for d in effect(source).defs]


def calls(source: str) -> list[str]:
    return [call.name for call in effect(source).calls]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("a", "a"),
        ("((a))", "a"),
        ("rec->run", "rec->run"),
        ("rec -> run . exit", "rec->run.exit"),
        ("regs.a0", "regs.a0"),
        ("*out", "*out"),
        ("**out", "**out"),
        ("list[i + 1]", "list[]"),
        ("a[i][j].x", "a[][].x"),
        ("(*p).x", "p->x"),
        ("*p.x", "*p.x"),
        ("p->list[0]", "p->list[]"),
        ("f(a)", ""),
        ("a + b", ""),
        ("f(a)->x", ""),
        ("*(p + 1)", ""),
        ("3", ""),
    ],
)
def test_paths(source: str, path: str) -> None:
    assert path_of(expression(source)) == path


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("&a", "a"),
        ("(u64)(&a)", "a"),
        ("(void *)&r->x", "r->x"),
        ("&a[2]", "a[]"),
        ("a", ""),
        ("*a", ""),
    ],
)
def test_addresses(source: str, path: str) -> None:
    assert address_of(expression(source)) == path


@pytest.mark.parametrize(
    ("written", "read", "changes"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("ab", "a", False),
        ("a", "a.x", True),
        ("a", "a->x.y", True),
        ("a", "a[]", True),
        ("a.x", "a", False),
        ("a.x", "a.xy", False),
        ("a->x", "a->x[]", True),
        ("a", "*a", True),
        ("a", "**a", True),
        ("a", "*a.x", True),
        ("*a", "a", False),
        ("*a", "**a", True),
        ("*a", "a->x", True),
        ("*a", "a[]", True),
        ("a[]", "*a", True),
        ("*a", "*ab", False),
        ("*a", "a.x", False),
        ("b", "*a", False),
    ],
)
def test_what_a_write_changes(written: str, read: str, changes: bool) -> None:
    assert covers(written, read) == changes


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("0", "0"),
        ("0UL", "0"),
        ("0x00", "0"),
        ("NULL", "0"),
        ("false", "0"),
        ("RMI_SUCCESS", "0"),
        ("true", "1"),
        ("12", "12"),
        ("-EINVAL", "-EINVAL"),
        ("(-EINVAL)", "-EINVAL"),
        ("(unsigned long)0", "0"),
        ("RMI_ERROR_RTT", "RMI_ERROR_RTT"),
        ("-1", "-1"),
        ("-(1)", "-1"),
        ("a", ""),
        ("A + B", ""),
        ("f(A)", ""),
        ('"0"', ""),
    ],
)
def test_constants(source: str, known: str) -> None:
    assert constant(expression(source)) == known


def test_strip_takes_casts_and_parentheses() -> None:
    assert squeeze(strip(expression("((u64)((int)(a + b)))"))) == "a+b"


def test_the_right_side_is_read_before_the_left_is_written() -> None:
    found = effect("a = f(b) + a;")
    assert [path for path, _ in found.uses] == ["b", "a"]
    assert [(d.name, d.how) for d in found.defs] == [("a", "assign")]
    assert squeeze(found.defs[0].value) == "f(b)+a"


@pytest.mark.parametrize("operator", ["+=", "-=", "|=", "<<=", "%="])
def test_a_compound_assignment_reads_and_writes(operator: str) -> None:
    assert uses(f"a {operator} b;") == ["b", "a"]
    assert defs(f"a {operator} b;") == [("a", "update")]


@pytest.mark.parametrize("source", ["!a--;", "b = -a++;", "!!s->a--;"])
def test_a_step_behind_a_sign(source: str) -> None:
    assert [(name, how) for name, how in defs(source) if how == "update"] in (
        [("a", "update")],
        [("s->a", "update")],
    )


@pytest.mark.parametrize("source", ["a++;", "++a;", "a--;", "(a)--;"])
def test_counting_reads_and_writes(source: str) -> None:
    assert uses(source) == ["a"]
    assert defs(source) == [("a", "update")]


def test_counting_what_has_no_name_defines_nothing() -> None:
    assert defs("(*f())++;") == []
    assert uses("a = *(p + 1);") == ["p"]


def test_nested_assignments_run_inside_out() -> None:
    assert defs("a = b = f();") == [("b", "assign"), ("a", "assign")]
    (call,) = effect("a = b = f();").calls
    assert call.result == "b"


def test_what_finding_a_place_reads() -> None:
    assert uses("a->b[i].c = x;") == ["x", "a->b", "a", "i"]
    assert defs("a->b[i].c = x;") == [("a->b[].c", "assign")]
    assert uses("*p = x;") == ["x", "p"]
    assert defs("*p = x;") == [("*p", "assign")]


def test_reading_a_field_reads_the_pointer_and_not_the_whole_struct() -> None:
    assert uses("x = run->exit.ripas;") == ["run->exit.ripas", "run"]
    assert uses("x = res.a0;") == ["res.a0"]


def test_an_address_is_no_read_of_what_it_points_to() -> None:
    assert uses("p = &a;") == []
    assert uses("p = &a->x;") == ["a"]
    assert uses("p = &a[i];") == ["a", "i"]


def test_calls_in_order_of_evaluation() -> None:
    assert calls("x = f(g(1), h(k()));") == ["g", "k", "h", "f"]


def test_the_results_of_calls() -> None:
    assert effect("a = f(b);").calls[0].result == "a"
    assert effect("a = (u64)f(b);").calls[0].result == "a"
    assert effect("int a = (f(b));").calls[0].result == "a"
    assert effect("r->x = f(b);").calls[0].result == "r->x"
    assert effect("a = f(b) + 1;").calls[0].result == ""
    assert effect("a += f(b);").calls[0].result == ""
    assert effect("a = c ? f(b) : 0;").calls[0].result == ""


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("f(a);", True),
        ("(f(a));", True),
        ("(void)f(a);", True),
        ("a = f(a);", False),
        ("return f(a);", False),
        ("f(a) + 1;", False),
        ("g = f;", False),
    ],
)
def test_a_bare_call_is_looked_at_by_nobody(source: str, bare: bool) -> None:
    assert any(call.bare for call in effect(source).calls) == bare


def test_a_warning_around_a_call() -> None:
    inner, outer = effect("WARN_ON(f(a));").calls
    assert (inner.name, inner.warn, inner.bare) == ("f", "WARN_ON", True)
    assert (outer.name, outer.warn, outer.bare) == ("WARN_ON", "", True)


def test_a_warning_whose_value_is_used() -> None:
    inner, outer = effect("a = WARN_ON(f(a));").calls
    assert (inner.warn, inner.bare) == ("WARN_ON", False)
    assert (outer.bare, outer.result) == (False, "a")


def test_only_the_condition_of_a_warning_is_tested() -> None:
    inner, shown, _ = effect('WARN(f(a), "%d", g(b));').calls
    assert (inner.warn, inner.bare) == ("WARN", True)
    assert (shown.warn, shown.bare) == ("", False)
    assert effect("WARN_ON(f(a) < 0);").calls[0].warn == ""


def test_out_arguments_are_written() -> None:
    found = effect("ret = rmi_rtt_destroy(rd, addr, level, &out, (void *)&r->top);")
    (call,) = found.calls
    assert call.out_args() == [(3, "out"), (4, "r->top")]
    assert [(d.name, d.how) for d in found.defs] == [
        ("out", "out"),
        ("r->top", "out"),
        ("ret", "assign"),
    ]
    assert found.defs[0].call is call
    assert "out" not in [path for path, _ in found.uses]


def test_the_assignment_comes_after_the_out_argument() -> None:
    assert defs("a = f(&a);") == [("a", "out"), ("a", "assign")]


@pytest.mark.parametrize("source", ["virt_to_phys(&a)", "container_of(&a, struct s, m)"])
def test_macros_that_only_read_their_argument(source: str) -> None:
    assert defs(f"p = {source};") == [("p", "assign")]


@pytest.mark.parametrize("source", ["sizeof(f(a))", "sizeof(a->b)", "sizeof a", "sizeof(struct s)"])
def test_the_operand_of_sizeof_is_not_evaluated(source: str) -> None:
    found = effect(f"x = {source};")
    assert (found.uses, found.calls) == ([], [])


def test_declarations() -> None:
    assert defs("int a, *p, b = 3;") == [("a", "decl"), ("p", "decl"), ("b", "init")]
    assert defs("int a[4], (*fn)(int);") == []
    assert defs("static int a;") == []
    assert defs("struct arm_smccc_res res;") == [("res", "decl")]
    assert defs("int a = 1, b = a;") == [("a", "init"), ("b", "init")]


def test_initialisers_are_read() -> None:
    source = "struct s v = { .a = f(x), [IDX] = y, .b = { .c = &z, }, };"
    assert uses(source) == ["x", "IDX", "y"]
    assert calls(source) == ["f"]
    assert defs(source) == [("v", "init")]
    assert effect(source).calls[0].result == ""
    assert calls("p = (struct s){ .a = g(x) };") == ["g"]


def test_choices_and_commas_read_every_part() -> None:
    assert uses("x = a ? b : c;") == ["a", "b", "c"]
    assert uses("x = a ?: c;") == ["a", "c"]
    assert defs("a = 1, b = 2;") == [("a", "assign"), ("b", "assign")]


def test_a_statement_expression_does_what_is_in_it() -> None:
    found = effect("x = ({ int t = f(a); if (t) g(t); t; });")
    assert [call.name for call in found.calls] == ["f", "g"]
    assert [d.name for d in found.defs] == ["t", "x"]


def test_calls_through_pointers() -> None:
    (call,) = effect("a = ops->run(b);").calls
    assert (call.name, call.result) == ("ops->run", "a")
    assert set(uses("a = ops->run(b);")) == {"ops->run", "ops", "b"}
    assert calls("(*fn)(b);") == [""]


def test_an_assembler_output_is_written() -> None:
    found = effect('asm volatile("mrs %0, x" : "=r"(a), "+r"(b) : "r"(c));')
    assert [d.name for d in found.defs] == ["a", "b"]
    assert [path for path, _ in found.uses] == ["b", "c"]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("for_each_thing(pos) { x(); }", ["pos"]),
        ("for_each_thing(pos, head) { x(); }", ["pos"]),
        ("kvm_for_each_vcpu(i, vcpu, kvm) { x(); }", ["i", "vcpu"]),
        ("list_for_each_entry(pos, &head, list) { x(); }", ["pos"]),
    ],
)
def test_iterator_macros_write_their_variables(source: str, written: list[str]) -> None:
    facts = body(f"\t{source}").facts
    found = [d for p in facts.points for d in facts.effects(p).defs]
    assert [(d.name, d.how) for d in found] == [(name, "loop") for name in written]


def test_a_plain_comma_in_a_condition_is_no_iterator() -> None:
    facts = body("while (a, b) { x(); }").facts
    assert [d for p in facts.points for d in facts.effects(p).defs] == []

"""What may stand in an expression, and what it means: against an interpreter of the tree."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm import values
from replay.spec.expr import ExprError, parse
from replay.spec.generate import function_text, functions
from replay.spec.grammar import parse_table
from replay.spec.lines import TableError
from replay.spec.translate import BUILT_IN, Function, Guards, Scope, Translator

KNOWN = {
    "Obj": Function("h.Obj", 1, 1, partial=True),
    "near": Function("h.near", 2, 2, partial=True),
    "plus": Function("h.plus", 1, 2),
}
SCOPE = Scope(frozenset("abc"), {"p": True, "n": False}, frozenset({"RD"}), KNOWN)


def python(text: str) -> str:
    return Translator(SCOPE).test(parse(text), Guards())


# --- the white list -------------------------------------------------------------------

# `^` marks the place of the error.
REFUSED = [
    ("^lambda: 1", "Lambda"),
    ("a + ^[b for b in a]", "ListComp"),
    ("a + ^{b}", "Set"),
    ("a + ^'b'", "only numbers"),
    ("a + ^1.5", "only numbers"),
    ("a == ^None", "only numbers"),
    ("a if (^b := 2) else c", "NamedExpr"),
    ("a + ^b ** c", r"`\*\*`"),
    ("a + ^b / c", "use `//`"),
    ("a and ^b is c", "`is`"),
    ("a.^_b", None),
    ("^_a", "underscore"),
    ("a == ^f.g(b)", "plain function name"),
    ("a == ^f(b=1)", "plain function name"),
    ("f(^*a)", "Starred"),
    ("a == ^(b for b in c)", r"`for` may stand in any\(\) and all\(\) only"),
    ("len^(b for b in c)", r"`for` may stand in any\(\) and all\(\) only"),
    ("any(b for ^(b, d) in c)", "expected `for NAME in ...`"),
    ("a[^b]", "expected a number or a slice"),
    ("a ==^", "expected an expression"),
    ("a ^b", "expected an expression"),
    ("f(a)) ^", None),
    ("1^or 2", None),
    ("a + ^ä", "may not stand"),
    ("a\x00", None),
    ("(" * 300 + "a" + ")" * 300, None),
    ("-" * 5000 + "a", None),
    ("+".join("a" * 20000), None),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[t[:30] for t, _ in REFUSED])
def test_what_may_not_stand_in_an_expression(text: str, said: str | None) -> None:
    column = text.find("^") if said else -1
    with pytest.raises(ExprError, match=said) as caught:
        parse(text.replace("^", "") if "^" in text else text)
    if column >= 0:
        assert caught.value.column == column


@given(st.text())
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        parse(text)
    except ExprError as error:
        assert 0 <= error.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a == ^q", "no such name: q"),
        ("a == ^q(a)", "no such function: q"),
        ("a == ^REC", "no such name: REC"),
        ("any(d == 1 for d in p.items) and ^d", "no such name: d"),
        ("any(d for d in p.items if any(e for e in p.items)) or 1 == ^e", "no such name: e"),
        ("a == ^plus()", "plus: expected 1 to 2 arguments; found 0"),
        ("a == ^plus(a, b, c)", "plus: expected 1 to 2 arguments; found 3"),
        ("a == ^Obj(a, b).n", "Obj: expected 1 argument; found 2"),
        ("not ^granule_aligned()", "expected 1 argument; found 0"),
        ("^is_granule(a)", "expected 2 arguments; found 1"),
        ("a == ^min()", "expected 1 or more arguments; found 0"),
        ("any(a == 1 for ^a in p.items)", "a has a meaning already"),
        ("any(p == 1 for ^p in a)", "p has a meaning already"),
        ("any(1 == 1 for ^RD in p.items)", "RD has a meaning already"),
        ("any(1 == 1 for ^m in p.items)", "m has a meaning already"),
        ("any(^Obj(d).n for d in p.items)", "can only be compared"),
        ("any(^gstate(d) < 2 for d in p.items)", "can only be compared"),
        ("any(a % ^d == 0 for d in p.items)", "a `for` binds what is divided"),
        ("a % ^0 == 0", "no number to divide by"),
        ("a >> ^256 == 0", "no number to shift by"),
    ],
)
def test_names_and_calls_that_do_not_fit(text: str, said: str) -> None:
    with pytest.raises(ExprError, match=said) as caught:
        python(text.replace("^", ""))
    assert caught.value.column == text.index("^")


# --- the Python of it, by hand --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == 1", "a == 1"),
        ("a == RD", "a == v.RD"),
        ("not granule_aligned(a)", "a & m.offset_mask"),
        ("granule_aligned(a + 1)", "not a + 1 & m.offset_mask"),
        ("granule_aligned(a) == False", "(not a & m.offset_mask) == False"),
        ("not delegable(a)", "not m.delegable(a)"),
        ("gstate(a) != RD", "(g0 := m.gstate(a)) is not None and g0 != v.RD"),
        ("p.x or a", "p is not None and (p.x or a)"),
        ("p.x if a else b", "p is not None and (p.x if a else b)"),
        ("n + a", "n + a"),
        ("plus(p)", "p is not None and h.plus(m, p)"),
        ("Obj(a).n < 2", "(g0 := h.Obj(m, a)) is not None and g0.n < 2"),
        ("a % p.n", "p is not None and (g0 := p.n) != 0 and a % g0"),
        ("a << 3", "a << 3"),
        ("impl.vmid_bits < a", "m.traits.vmid_bits < a"),
        (
            "near(Obj(a), p.n) == 0",
            (
                "(g0 := h.Obj(m, a)) is not None and p is not None"
                " and (g1 := h.near(m, g0, p.n)) is not None and g1 == 0"
            ),
        ),
        # asked once, however often it is named
        ("gpt(a) == 1 or gpt(a) == 2", "(g0 := m.gpt(a)) is not None and (g0 == 1 or g0 == 2)"),
        (
            "all(gstate(d) == RD for d in p.items[:n])",
            "p is not None and all((m.gstate(d) == v.RD for d in p.items[:n]))",
        ),
    ],
)
def test_python(text: str, expected: str) -> None:
    # Compared as trees: which brackets Python prints is not ours.
    assert ast.dump(ast.parse(python(text))) == ast.dump(ast.parse(expected))


@pytest.mark.parametrize(
    ("text", "expected", "may_be_none"),
    [
        ("a + 1", "a + 1", False),
        ("plus(a)", "h.plus(m, a)", False),
        ("Obj(a)", "h.Obj(m, a)", True),
        ("Obj(a).n", "g0.n if (g0 := h.Obj(m, a)) is not None else None", True),
        ("p", "p if p is not None else None", True),
        ("impl.name", "m.traits.name", False),
        ("near(p, a)", "h.near(m, p, a) if p is not None else None", True),
        ("n.o if a else 1", "n.o if a else 1", True),
    ],
)
def test_python_of_a_let(text: str, expected: str, may_be_none: bool) -> None:
    code, nullable = Translator(SCOPE).let(parse(text), Guards())
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(expected))
    assert nullable is may_be_none


def test_a_helper_says_in_its_annotation_that_it_may_answer_none() -> None:
    known = functions("rmm-1.0")
    assert known["Realm"] == Function("h.Realm", 1, 1, partial=True)
    assert known["RttWalk"] == Function("h.RttWalk", 3, 3, partial=True)
    assert known["level_aligned"] == Function("h.level_aligned", 2, 2, partial=False)


# --- against an interpreter -----------------------------------------------------------


class Ill(Exception):
    """The expression names what does not exist."""


@dataclass(frozen=True)
class Thing:
    """What `Obj` of the made-up model gives."""

    n: int
    items: tuple[int, ...]
    o: Thing | None = None


def obj(a: int) -> Thing | None:
    if a % 3 == 0:
        return None
    return Thing(a % 5 - 1, tuple(range(a % 4)), Thing(a % 2, (), None) if a % 2 else None)


MODEL: dict[str, Callable[..., Any]] = {
    "gstate": lambda a: None if a % 3 == 0 else a % 4,
    "gpt": lambda a: None if a % 2 == 0 else a % 5,
    "delegable": lambda a: a % 3 != 0,
    "granule_aligned": lambda a: a % 4 == 0,
    "is_granule": lambda a, s: a % 3 != 0 and a % 4 == s,
    "Obj": obj,
    "near": lambda a, b: None if a == b else a - b,
    "plus": lambda a, b=1: a + b,
    "any": any,
    "all": all,
    "len": len,
    "min": min,
    "max": max,
}
PARTIAL = {"gstate", "gpt", "Obj", "near"}
WIDTHS = range(256)


def total(*names: str) -> SimpleNamespace:
    """The model's functions as the generated code calls them, m first; never with a None."""

    def called(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(m: object, *args: Any) -> Any:
            assert None not in args
            return function(*args)

        return call

    return SimpleNamespace(**{name: called(MODEL[name]) for name in names})


M = SimpleNamespace(
    offset_mask=3,
    gstate=MODEL["gstate"],
    gpt=MODEL["gpt"],
    delegable=MODEL["delegable"],
    traits=SimpleNamespace(vmid_bits=8),
)

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def value(node: ast.expr, names: dict[str, Any], *, inside: bool = False) -> Any:
    """The value of an expression, all of whose parts must be well formed.  Raises Ill.

    `inside` of a comprehension a function may answer None, to be compared.
    """

    def of(child: ast.expr) -> Any:
        return value(child, names, inside=inside)

    match node:
        case ast.Constant():
            return node.value
        case ast.Name(id=name):
            if names[name] is None:
                raise Ill
            return names[name]
        case ast.Attribute(value=base, attr=attr):
            return getattr(of(base), attr)
        case ast.Subscript(value=base, slice=ast.Slice(upper=ast.expr() as upper)):
            return of(base)[: of(upper)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not of(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -of(operand)
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return ~of(operand)
        case ast.BoolOp(op=op, values=operands):
            found = [of(operand) for operand in operands]
            stop = (v for v in found if bool(v) is isinstance(op, ast.Or))
            return next(stop, found[-1])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            chosen = of(test), of(body), of(orelse)
            return chosen[1] if chosen[0] else chosen[2]
        case ast.BinOp(left=left, op=op, right=right):
            a, b = of(left), of(right)
            if isinstance(op, ast.Mod | ast.FloorDiv) and b == 0:
                raise Ill
            if isinstance(op, ast.LShift | ast.RShift) and b not in WIDTHS:
                raise Ill
            return BINARY[type(op)](a, b)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            operands_ = [of(left), *map(of, rest)]
            pairs = zip(ops, pairwise(operands_), strict=True)
            return all(COMPARE[type(o)](a, b) for o, (a, b) in pairs)
        case ast.Call(func=ast.Name(id=("any" | "all") as name), args=[ast.GeneratorExp() as each]):
            return MODEL[name](list(comprehension(each, names)))
        case ast.Call(func=ast.Name(id=name), args=args):
            given_ = [of(a) for a in args]
            if name in ("min", "max") and given_ == [()]:
                raise Ill
            result = MODEL[name](*given_)
            if result is None and name in PARTIAL and not inside:
                raise Ill
            return result
    raise AssertionError(ast.dump(node))


def comprehension(node: ast.GeneratorExp, names: dict[str, Any]) -> Iterator[Any]:
    (part,) = node.generators
    assert isinstance(part.target, ast.Name)
    name = part.target.id
    for body in (node.elt, *part.ifs):  # what does not depend on the variable exists or not
        for child in ast.walk(body):
            free = all(not isinstance(n, ast.Name) or n.id != name for n in ast.walk(child))
            if isinstance(child, ast.Name | ast.Call | ast.BinOp) and free:
                function = isinstance(child, ast.Name) and child.id in MODEL
                if not function:
                    value(child, names)
    for item in value(part.iter, names):
        inner = {**names, name: item}
        if all(value(test, inner, inside=True) for test in part.ifs):
            yield value(node.elt, inner, inside=True)


OPERATORS = ["+", "-", "*", "&", "|", "%", "//", "<<", ">>", "and", "or", "<", ">=", "==", "!="]
NUMBERS = st.integers(-3, 12)
LEAVES = st.sampled_from(["a", "b", "c", "k", "p.n", "q.n"]) | NUMBERS.map(str)


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.sampled_from(("p.items", "q.items", "Obj(a).items", "p.items[:k]"))
    in_for = st.sampled_from(
        ("d == 1", "gstate(d) == 1", "d < k", "plus(d, p.n) != 2", "gpt(c) == d", "near(d, a) != 0")
    )
    return st.one_of(
        st.builds("gstate({})".format, inner),
        st.builds("gpt({})".format, inner),
        st.builds("delegable({})".format, inner),
        st.builds("granule_aligned({})".format, inner),
        st.builds("is_granule({}, {})".format, inner, NUMBERS),
        st.builds("Obj({}).n".format, inner),
        st.builds("near({}, {})".format, inner, inner),
        st.builds("plus({})".format, inner),
        st.builds("plus({}, {})".format, inner, inner),
        st.builds("len({})".format, items),
        st.builds("{}({}, {})".format, st.sampled_from(("min", "max")), inner, inner),
        st.builds("{}({})".format, st.sampled_from(("min", "max")), items),
        st.builds("{}({} for d in {})".format, st.sampled_from(("any", "all")), in_for, items),
        st.builds(
            "{}({} for d in {} if {})".format,
            st.sampled_from(("any", "all")),
            in_for,
            items,
            in_for,
        ),
    )


def operations(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Half of them without brackets: then Python's precedence must be kept."""
    binary = st.sampled_from(OPERATORS)
    plain = st.builds("{} {} {}".format, inner, binary, inner)
    return st.one_of(
        plain,
        plain.map("({})".format),
        st.builds("{} < {} <= {}".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("~({})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        calls(inner),
    )


EXPRESSIONS = st.recursive(LEAVES, operations, max_leaves=8)
TABLE = """\
command RMI_X 0xC4000150
  in    a b c:int64
  out   o
  let   p = Obj({0})
  let   q = p.o
  let   k = {1}
  let   z = {2}
  fail  one   : {3} => RMI_ERROR_INPUT
  fail  two   : {4} => RMI_ERROR_RTT[{5}]
  fail  three : {6} => RMI_ERROR_REALM with o == {7}
  fail  four  : z == 1 => RMI_ERROR_RTT[k]
  do    effect(p, q, k, z, c)
"""


def wide(texts: Sequence[str]) -> bool:
    """Numbers get too big to work with when shifts are shifted."""
    return sum(text.count("<<") for text in texts) <= 1 and not any("--" in t for t in texts)


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(*[EXPRESSIONS] * 8).filter(wide),
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=8),
)
def test_generated_functions_agree_with_the_interpreter(
    texts: tuple[str, ...], arguments: list[tuple[int, int, int]]
) -> None:
    # `Obj` binds p, so what p is made of may not name it, and so on.
    base = texts[0] if not any(w in texts[0] for w in "pqk") else "a"
    first = texts[1] if not any(w in texts[1] for w in "k") else "p.n"
    texts = (base, first, *texts[2:])
    try:
        (source,) = parse_table(TABLE.format(*texts), "t.rmi")
        code = function_text(source, KNOWN)
    except TableError as error:
        # Only what is seen from the text alone may be refused.
        assert any(w in str(error) for w in ("no number to", "a `for` binds"))
        return
    scope: dict[str, Any] = {"v": values, "h": total("Obj", "near", "plus")}
    exec("from __future__ import annotations\n" + code, scope)
    for numbers in arguments:
        held, objects = scope["rmi_x"](M, numbers)
        assert (held, objects) == interpreted(source, numbers), code


def interpreted(source: Any, numbers: tuple[int, int, int]) -> tuple[list[Any], tuple[Any, ...]]:
    a, b, c = numbers
    names: dict[str, Any] = {"a": a, "b": b, "c": values.signed(c)}
    for let in source.lets:
        try:
            names[let.name] = value(let.value.tree, names, inside=False)
        except Ill:
            names[let.name] = None
    held = []
    for bit, row in enumerate(source.rows):
        try:
            when = value(row.when.tree, names)
            x0 = values.result(getattr(values, row.status), 0)
            if row.index is not None:
                x0 |= (value(row.index.tree, names) & 0xFF) << 8 if when else 0
            outputs = tuple((1, value(e.tree, names)) for _, e in row.extra) if when else ()
        except Ill:
            continue
        if when:
            held.append((bit, x0, outputs or None))
    return held, tuple(names[n] for n in ("p", "q", "k", "z", "c"))


def test_every_built_in_function_is_in_the_made_up_model() -> None:
    assert BUILT_IN.keys() - MODEL.keys() == {"ns_access"}  # which is as gpt

"""The generated modules: as the tables say, complete, and the order as it is meant."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.spec import generate
from replay.spec.check import check
from replay.spec.generate import GENERATED, PAGE, everything, function_text, link, module_text
from replay.spec.grammar import parse_table
from replay.spec.lines import TableError
from replay.spec.source import Source, order_masks
from replay.spec.table import Command, Condition, Held
from replay.spec.translate import Function


def test_what_is_committed_is_what_the_tables_give() -> None:
    expected = everything()
    for path, text in expected.items():
        assert path.exists(), f"{path.name}: run python -m replay.spec.generate"
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not of its table"
    assert set(GENERATED.rglob("*.py")) == expected.keys() - {PAGE}


@pytest.mark.parametrize("folder", generate.FOLDERS)
def test_tables_fit_each_other_and_the_effects(folder: str) -> None:
    sources = [
        source
        for path in generate.tables(folder)
        for source in generate.read_file(folder, path.name)
    ]
    assert [str(error) for error in link(folder, sources)] == []


def test_naming_a_table_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["rmm-1.0/nowhere.rmi"]) == 1
    assert capsys.readouterr().err == "there is no table rmm-1.0/nowhere.rmi\n"


# --- code ---------------------------------------------------------------------------

KNOWN = {"Obj": Function("h.Obj", 1, 1, partial=True), "f": Function("h.f", 1, 1)}


def code(body: str) -> str:
    (source,) = parse_table(f"command RMI_X 0xC4000150\n{body}", "t.rmi")
    for part in source.parts():
        check(part, ("RD",))
    return function_text(source, KNOWN)


def test_a_function_reads_like_its_table() -> None:
    text = code("""\
  in    rd ipa level:int64 flags
  out   top
  let   far  = f(walk.end)
  let   walk = Obj(rd)
  fail  rd_state : gstate(rd) != RD => RMI_ERROR_INPUT
  fail  short    : walk.level < level => RMI_ERROR_RTT[walk.level] with top == far
  may   busy     : ipa == 0 => RMI_BUSY
  do    thing(walk, ipa)
""")
    assert (
        text
        == """\
def rmi_x(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
    held: Rows = []
    try:
        if (g0 := m.gstate(rd)) is not None and g0 != v.RD:  # rd_state
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        walk = h.Obj(m, rd)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level:  # short
            far = h.f(m, walk.end)
            held.append((1, v.result(v.RMI_ERROR_RTT, walk.level), ((1, far),)))
    except m.doubt:
        m.doubted.append(1)
    if ipa == 0:  # busy
        held.append((2, v.RMI_BUSY, None))
    return held, (walk, ipa)"""
    )


def test_a_row_whose_result_is_ill_formed_does_not_hold() -> None:
    text = code("  in a b\n  fail r : a == 0 => RMI_ERROR_RTT[Obj(b).n]\n  do nothing()\n")
    assert "        if a == 0:  # r\n            if (g0 := h.Obj(m, b)) is not None:\n" in text


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("  in a\n  fail r : a == q => RMI_BUSY\n  do nothing()\n", "t.rmi:3:17: no such name: q"),
        ("  in a\n  let p = g(a)\n  do e(p)\n", "t.rmi:3:11: no such function: g"),
        ("  fail r : 1 == 1 => RMI_ERROR_RTT[ 1 + q]\n  do e()\n", "t.rmi:2:41: no such name: q"),
        (
            "  out o\n  fail r : 1 == 1 \\\n   => RMI_BUSY with o == f(1 +\n     q)\n  do e()\n",
            "t.rmi:5:6: no such name: q",
        ),
        (
            "  in a\n  use granule_is(a, RDD) as x y z\n  do e()\n",
            "t.rmi:3:7: no such name: RDD",
        ),
    ],
)
def test_an_error_of_names_says_where(body: str, where: str) -> None:
    with pytest.raises(TableError) as caught:
        code(body)
    assert str(caught.value) == where


def test_a_stage_and_a_variant_have_functions_of_their_own() -> None:
    body = "command RMI_X 0xC4000150{}\n  in a\n  do e()\n  stage end\n  do e_end(a)\n"
    sources = parse_table(body.format("") + body.format(" for 2.0-bet0"), "t.rmi")
    scope: dict[str, Any] = {}
    exec(module_text("rmm-2.0", "t.rmi", sources), scope)
    plain, variant = scope["COMMANDS"]
    judges = [c.judge for c in (plain, plain.stages["end"], variant, variant.stages["end"])]
    assert len(set(judges)) == 4
    assert [c.effect for c in (plain, plain.stages["end"])] == ["e", "e_end"]
    assert (plain.versions, variant.versions) == ((), ("2.0-bet0",))
    assert variant.stages["end"].judge(None, [7]) == ([], (7,))


# --- order --------------------------------------------------------------------------

ROWS = "abcdef"
ORDERS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ROWS), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(ROWS), min_size=1, max_size=3, unique=True),
    ),
    max_size=5,
)


def ordered(orders: list[tuple[list[str], list[str]]]) -> Source:
    rows = "".join(f"  fail {name} : 1 == 1 => RMI_BUSY\n" for name in ROWS)
    lines = "".join(f"  order {' '.join(a)} < {' '.join(b)}\n" for a, b in orders)
    (source,) = parse_table(f"command RMI_X 0xC4000150\n{rows}{lines}  do e()\n", "t.rmi")
    return source


def wins(orders: list[tuple[list[str], list[str]]]) -> set[tuple[str, str]]:
    """All pairs (a, b) where a chain of orders leads from a to b: by trying every chain."""
    direct = {pair for first, later in orders for pair in product(first, later)}
    found = set(direct)
    while more := {(a, d) for a, b in found for c, d in direct if b == c} - found:
        found |= more
    return found


@given(ORDERS)
def test_order_is_closed_and_a_circle_is_refused(orders: list[tuple[list[str], list[str]]]) -> None:
    source, pairs = ordered(orders), wins(orders)
    masks = order_masks(source)
    for i, j in product(range(len(ROWS)), repeat=2):
        assert bool(masks[j] >> i & 1) == ((ROWS[i], ROWS[j]) in pairs)
    if any(a == b for a, b in pairs):
        with pytest.raises(TableError, match="goes in a circle"):
            check(source, ())
    else:
        check(source, ())


@given(ORDERS, st.sets(st.integers(0, len(ROWS) - 1)))
def test_permitted_are_the_rows_that_no_other_held_row_must_precede(
    orders: list[tuple[list[str], list[str]]], true: set[int]
) -> None:
    pairs = wins(orders)
    rows = tuple(Condition(name, "", "RMI_BUSY", None, None, "") for name in ROWS)
    masks = order_masks(ordered(orders))

    def command(*, sequence: bool) -> Command:
        return Command(
            "RMI_X", 0, (), (), rows, masks, sequence, "any", lambda m, x: ([], ()), "", ()
        )

    held: list[Held] = [(bit, bit, None) for bit in sorted(true)]
    free = [
        row for row in held if all((ROWS[bit], ROWS[row[0]]) not in pairs for bit, _, _ in held)
    ]
    # A single row that holds stands for itself, even in a circle, which check refuses.
    if len(held) > 1:
        assert command(sequence=False).permitted(held, True) == free
        assert command(sequence=True).permitted(held, False) == free
    assert command(sequence=True).permitted(held, True) == held[:1]

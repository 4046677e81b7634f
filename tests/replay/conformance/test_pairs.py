"""Every condition and every pair of conditions of 1.0: what may come of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.conformance.cases import load
from tests.replay.conformance.execute import conditions
from tests.replay.conformance.host import SetUpError
from tests.replay.conformance.rmm_1_0.pairs import Table, tables, wanted, ways
from tests.replay.conformance.rmm_1_0.situation import build
from tests.replay.conformance.stimulus import Defects, NotRunnable


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[tuple[str, str], str]:
    cases = [c for c in load(shared) if c.spec == "1.0" and c.kind in ("fail", "prio", "free")]
    return ways(cases)


def test_what_is_permitted_where_one_or_two_conditions_hold(
    shared: Path, known: dict[tuple[str, str], str]
) -> None:
    wrong: list[str] = []
    both = pairs = 0
    for table in tables(shared):
        for how in wanted(table, known):
            try:
                stimulus = build(table.name, Defects(frozenset(how.values())))
            except NotRunnable:
                continue
            except SetUpError as error:
                wrong.append(f"{table.name} {' & '.join(how)}: {error}")
                continue
            held, permitted = conditions(stimulus)
            pairs += 1
            both += how.keys() <= set(held)
            wrong += _compare(table, how, held, permitted)
    assert not wrong, "\n".join(wrong)
    # The rest speaks of what the other says does not exist.
    assert pairs > 1000 and both > 0.6 * pairs


def _compare(table: Table, how: dict[str, str], held: list[str], permitted: set[str]) -> list[str]:
    name = f"{table.name} {' & '.join(how)}"
    if not how.keys() & set(held):
        return [f"{name}: none of them holds, but {held}"]
    if len(how) == 1 and not how.keys() <= set(held):
        return [f"{name}: does not hold, but {held}"]
    expected = table.permitted(held)
    if permitted != expected:
        return [f"{name}: hold {held}, permitted {sorted(permitted)}, not {sorted(expected)}"]
    return []


def test_the_order_is_closed_and_minimal_ones_win() -> None:
    table = Table(
        "X",
        {"a": "A", "b": "B", "c": "C"},
        {"a": frozenset(), "b": frozenset("a"), "c": frozenset("ab")},
    )
    assert table.permitted("abc") == {"A"}
    assert table.permitted("bc") == {"B"}
    assert table.permitted("c") == {"C"}


def test_the_words_of_the_cases_say_how(known: dict[tuple[str, str], str]) -> None:
    assert known["RMI_RTT_CREATE", "rtte_state"] == "entry table"
    assert known["RMI_REC_ENTER", "system_off"] == "realm SYSTEM_OFF"

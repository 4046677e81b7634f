"""The model as text: what `--state` prints.  For people; a program has the JSON report.

Granules as runs of equal state, stateful operations, tables as runs of equal
entries.  It costs what its lines cost: a realm mapped in one piece is one line a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from replay.explain import of_granule, of_operation
from replay.rmm.rtt import ADDRESS, Rtte, entries_of, level_size
from replay.rmm.values import (
    GRANULE_NAME,
    HIPAS_NAME,
    RD,
    REC,
    RIPAS_NAME,
    RMM_STATE_NAME,
    RTT,
    TABLE,
    UNASSIGNED_NS,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.granules import Granules
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rtt import Table


def dump(m: Rmm) -> list[str]:
    """The whole state, one fact a line, in address order; of a trace that leaves calls out
    what is certain of granules and realms."""
    if m.partial:
        return [f"RMI {m.rmi}, as far as the captured calls tell", *_granules(m, m.granules)]
    lines = [f"RMI {m.rmi}" + ("" if m.rmi == "1.0" else f", RMM {RMM_STATE_NAME[m.state]}")]
    lines += _granules(m, m.granules)
    lines += [f"{line}, a device's" for line in _granules(m, m.devices)]
    for handle in sorted(m.operations.open):
        lines.append(f"operation {handle:#x}: {of_operation(m, handle)}")
    for rd in sorted(m.realms):
        lines += _realm(m, m.realms[rd])
    return lines


def _granules(m: Rmm, granules: Granules) -> Iterator[str]:
    for base, count, state in granules.runs():
        if state == UNDELEGATED:
            continue
        if state in (RD, REC, RTT):  # each has a story of its own
            for addr in range(base, base + count * m.granule, m.granule):
                yield f"granule {addr:#x}: {of_granule(m, addr)}"
        elif count == 1:
            yield f"granule {base:#x}: {GRANULE_NAME[state]}"
        else:
            last = base + (count - 1) * m.granule
            yield f"granules {base:#x} to {last:#x} ({count}): {GRANULE_NAME[state]}"


def _realm(m: Rmm, realm: Realm) -> Iterator[str]:
    for number, roots in enumerate(realm.trees):
        name = f"realm {realm.rd:#x}" + (f", tree {number}" if number else "")
        for root in roots:
            yield from _table(m, root, name)


def _table(m: Rmm, rtt: Table, name: str) -> Iterator[str]:
    """The table's runs of like entries, then the tables below it."""
    yield f"{name}: table {rtt.addr:#x}, level {rtt.level}, from IPA {rtt.base:#x}"
    size = level_size(rtt.level)
    end = entries_of(rtt.level)
    first = 0
    while first < end:
        entry = rtt.entries[first]
        step = size if Rtte(entry).live and entry & 7 != TABLE else 0
        after = first + 1
        while after < end and rtt.entries[after] == entry + (after - first) * step:
            after += 1
        ipa = rtt.base + first * size
        yield f"  IPA {ipa:#x} to {ipa + (after - first) * size:#x}: {_entry(entry)}"
        first = after
    for entry in rtt.entries[:end]:
        if entry & 7 == TABLE and entry & ADDRESS in m.rtts:
            yield from _table(m, m.rtts[entry & ADDRESS], name)


def _entry(number: int) -> str:
    e = Rtte(number)
    text = HIPAS_NAME[e.state]
    if e.state != TABLE and e.state < UNASSIGNED_NS:
        text += f" {RIPAS_NAME[e.ripas]}"
    return f"{text} -> {e.addr:#x}" if e.live else text

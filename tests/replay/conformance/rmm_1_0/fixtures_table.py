"""Calls of tables and unprotected mappings (see `fixture`)."""

from __future__ import annotations

from tests.replay.conformance.host import (
    GB,
    MB2,
    OUTSIDE,
    PAGE,
    PROTECTED,
    UNPROTECTED,
    Guest,
    level_size,
)
from tests.replay.conformance.rmm_1_0.fixture import block, fixture, protected_ipa, tables_for
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus


def _child_level(bad: Defects) -> tuple[int, int]:
    """(level, IPA) for the commands that make or remove a table.

    The starting level is 0 here; only IPA 0 is aligned to what a level above it
    would map.  Level 4 is needed where the walk to level - 1 must exist.
    """
    if bad.has("level bad"):
        return 4, PROTECTED
    if bad.has("level starting"):
        walks = {"walk short", "entry unassigned", "entry table", "child mapping"}
        return (4, PROTECTED) if walks & bad.wanted else (0, 0)
    return 3, OUTSIDE if bad.has("ipa outside") else PROTECTED


# --- tables -------------------------------------------------------------------------------


@fixture
def rtt_create(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    level, ipa = _child_level(bad)
    if bad.has("entry table"):
        if bad.level is not None:
            level = bad.level + 1
            ipa -= ipa % level_size(level - 1)
        if ipa < OUTSIDE:
            w.tables(guest, ipa, min(level, 3))
    elif level:
        tables_for(w, guest, ipa, bad, level - 1 if level < 4 else 3)
    rtt = w.delegated()

    def after() -> None:
        w.reads(guest, ipa, 2, state=2, desc=rtt)
        w.reads(guest, ipa + MB2 - PAGE, 3, state=0)
        w.do("GRANULE_UNDELEGATE", rtt, x0=1)

    args = {"rd": guest.rd, "rtt": rtt, "ipa": ipa, "level": level}
    return Stimulus(w, "RTT_CREATE", args, after=after)


@fixture
def rtt_destroy(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    level, ipa = _child_level(bad)
    rtt, top = _child(w, guest, ipa, level, bad)

    def after() -> None:
        w.reads(guest, ipa, 3, state=0, ripas=2, at=2)
        w.do("GRANULE_UNDELEGATE", rtt)

    args = {"rd": guest.rd, "ipa": ipa, "level": level}
    # The rest of the table of level 2 is empty, so it ends the non-live run.
    return Stimulus(w, "RTT_DESTROY", args, None, (rtt, 2 * GB), (0, top), after=after)


@fixture
def rtt_fold(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    level, ipa = _child_level(bad)
    rtt, _ = _child(w, guest, ipa, level, bad)

    def after() -> None:
        w.reads(guest, ipa, 3, state=0, at=2)
        w.do("GRANULE_UNDELEGATE", rtt)

    args = {"rd": guest.rd, "ipa": ipa, "level": level}
    return Stimulus(w, "RTT_FOLD", args, None, (rtt,), after=after)


def _child(w: World, guest: Guest, ipa: int, level: int, bad: Defects) -> tuple[int, int]:
    """The table that shall go; (its address, `top` of an ERROR_RTT)."""
    short, empty = bad.has("walk short"), bad.has("entry unassigned")
    mapping = bad.has("child mapping")
    if ipa >= OUTSIDE or level == 0:
        return 0, 0
    if bad.has("entry assigned"):
        block(w, guest, ipa)
        return 0, ipa
    if short:
        w.tables(guest, ipa, 1 if bad.level is None else bad.level)
        return 0, 0
    if empty:
        w.tables(guest, ipa, 2 if level < 4 else 3)
        return 0, 2 * GB
    if level == 4:
        raise NotRunnable("a table of level 4 does not exist")
    rtt = w.table(guest, ipa, 3)
    if mapping:
        w.data(guest, ipa + 7 * PAGE)
    # `top == ipa`, and `ipa` is what the call names, aligned or not (see _spoilt).
    return rtt, ipa + 8 if "unaligned ipa" in bad.wanted else ipa


@fixture
def rtt_map_unprotected(w: World, bad: Defects) -> Stimulus:
    guest, ipa, level = _unprotected(w, bad, 2 if bad.has("unaligned desc") else 3)
    desc = w.page()
    if bad.has("desc reserved"):
        desc |= 0b100 << 2  # the reserved MemAttr
    if "unaligned desc" in bad.wanted:
        desc = w.page(512, MB2) + PAGE
    if level <= 0:
        desc = 0  # the only output address that is aligned to it
    if bad.has("high desc"):
        desc = 1 << 48
    if bad.has("entry assigned") and level > 0 and ipa == UNPROTECTED:
        w.map_ns(guest, ipa, level)

    def after() -> None:
        w.reads(guest, ipa, 3, state=1, desc=desc)

    args = {"rd": guest.rd, "ipa": ipa, "level": level, "desc": desc}
    return Stimulus(w, "RTT_MAP_UNPROTECTED", args, after=after)


@fixture
def rtt_unmap_unprotected(w: World, bad: Defects) -> Stimulus:
    guest, ipa, level = _unprotected(w, bad, 3)
    empty = bad.has("entry unassigned")
    short = "walk short" in bad.wanted
    if level == 3 and ipa == UNPROTECTED and not empty and not short:
        w.map_ns(guest, ipa)

    def after() -> None:
        w.reads(guest, ipa, 3, state=0)

    top = (1 << 39) + 2 * GB if short else ipa + MB2
    args = {"rd": guest.rd, "ipa": ipa, "level": level}
    return Stimulus(w, "RTT_UNMAP_UNPROTECTED", args, None, (top,), (top,), after=after)


def _unprotected(w: World, bad: Defects, level: int) -> tuple[Guest, int, int]:
    """(realm, IPA, level) for the commands of the unprotected half, with the tables for it."""
    if bad.has("level 4"):
        guest = w.realm()
        w.tables(guest, UNPROTECTED, 3)
        return guest, UNPROTECTED, 4
    if bad.has("level 0") or bad.has("level bad"):
        if bad.has("walk short"):
            # Short of level 0 is only a walk that begins above it.
            return w.realm(width=49, start=-1, lpa2=True), 1 << 48, 0
        guest = w.realm()
        if "entry assigned" in bad.wanted:
            w.tables(guest, 1 << 39, 1)  # the level-0 entry is a TABLE
        return guest, 1 << 39, 0
    guest = w.realm()
    ipa = UNPROTECTED
    if bad.has("ipa protected"):
        ipa = PROTECTED
    if bad.has("ipa outside"):
        ipa = OUTSIDE
    tables_for(w, guest, ipa, bad, level)
    return guest, ipa, level


@fixture
def rtt_read_entry(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    ipa = protected_ipa(bad)
    tables_for(w, guest, ipa, bad)
    level = 4 if bad.has("level 4") else 3
    args = {"rd": guest.rd, "ipa": ipa, "level": level}
    return Stimulus(w, "RTT_READ_ENTRY", args, out=(3, 0, 0, 0))

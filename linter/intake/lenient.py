"""Put a damaged hunk right, as far as that is certain.

Three things bear the load.  Added and removed lines carry a mark, so they
survive what happens to context.  The header's counts say how many context
lines there must be.  And git writes three context lines before the first
change and after the last one, fewer only at the ends of a file.  So:

* a context line without its leading blank is told from the tail of a wrapped
  line and from a comment by its look and by the counts;
* context lines that are missing were blank lines; where they were follows
  from the three lines before and after, and if it does not, the numbers of
  the hunk are `UNKNOWN`;
* a hunk whose changes are not all there is cut: its lines up to the cut are
  right.  Where lines were taken out of its middle, what follows becomes a
  hunk of its own whose numbers are `UNKNOWN`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from linter.intake.damage import (
    ADD,
    BARE,
    BREAKS,
    EMPTY,
    HEAD,
    KEEP,
    REMOVE,
    TAILS,
    TALK,
    TRIM,
    Item,
    classify,
    is_code,
    keeps_blanks,
    region,
)
from linter.intake.patch import DERIVED, UNKNOWN, Hunk, Line
from linter.intake.quote import GLUED, Stream, is_wrapped, joined

_CONTEXT = 3  # lines of context that git writes


class Mended(NamedTuple):
    """What became of a hunk: `notes` are (line, why); read on at `end`."""

    hunks: list[Hunk]
    notes: list[tuple[int, str]]
    end: int


def mend(stream: Stream, begin: int, hunk: Hunk, header: str) -> Mended:
    """Read the damaged hunk whose lines start at index `begin` of the stream.

    The result holds no hunk, one, or two where its middle is missing.
    """
    end, closed = region(stream, begin)
    may_end_file = end == len(stream.texts) or not stream.texts[end].startswith("@@")
    # A reviewer's indented lines behind the hunk say nothing about it.
    behind = min(end, begin + hunk.old_count + hunk.new_count)
    # A new file has no context: there every line without a mark is a tail.
    keeps = hunk.old_count == 0 or keeps_blanks(stream.texts, begin, behind, header)
    items = classify(stream, begin, end, hunk, header if keeps else "", keeps)
    if not keeps:
        _find_head(items, hunk, header)
    body = _Body(hunk, items)
    if not keeps and (body.missing != 0 or body.end >= 0):
        # Without its blank a context line looks like the tail of a wrapped
        # one.  All taken for context do not fit, so try them as tails.
        tails = classify(stream, begin, end, hunk, header, keeps)
        _find_head(tails, hunk, header)
        other = _Body(hunk, tails)
        if (other.missing == 0 and other.end < 0) or body.missing != 0 or is_code(items, body.end):
            items, body = tails, other
    for item in items[:TAILS]:
        if item.kind == HEAD:
            hunk.section = joined(hunk.section, item.text)
            hunk.repairs = ["the tail of the wrapped hunk header was joined to it"]
    hunks, notes = _finish(body, hunk, stream, closed, may_end_file)
    if not keeps and hunk.old_start > 1 and _leading(body.items) > _CONTEXT:
        # Some of them must be tails of others, so the numbers are not right.
        for part in hunks:
            part.confidence = UNKNOWN
        notes.append((hunk.src, f"hunk {_name(hunk)} has too much context before its changes"))
    return Mended(hunks, notes, body.end if body.end >= 0 else end)


def _leading(items: list[Item]) -> int:
    """How many lines stand before the first change."""
    count = 0
    for item in items:
        if item.kind in (ADD, REMOVE):
            return count
        count += item.kind not in BREAKS and item.kind != HEAD
    return 0


def _find_head(items: list[Item], hunk: Hunk, header: str) -> None:
    """In text without blanks: of too much context the first line is the header's tail."""
    too_much = hunk.old_start > 1 and _leading(items) > _CONTEXT
    if too_much and items[0].kind == BARE and is_wrapped(header, items[0].text):
        items[0].kind = HEAD


class _Body:
    """The items that are lines of the hunk, by the header's counts.

    `missing` is the number of context lines that are not there, None if
    changes are not all there; `lead` so many of them stood before the first
    change.  `end` is the index to read on at (-1: all was used); `surplus`
    the first change that the counts have no room for.
    """

    __slots__ = ("breaks", "end", "items", "lead", "missing", "surplus")

    def __init__(self, hunk: Hunk, items: list[Item]) -> None:
        self.items: list[Item] = []
        self.breaks: list[tuple[int, str]] = []  # (index in items, kind)
        self.lead = 0
        self.end = -1
        self.surplus: Item | None = None
        taken: list[Item] = []  # breaks too
        loose: list[Item] = []
        count = 0
        changed = False
        old, new = hunk.old_count, hunk.new_count  # lines still to come
        for item in items:
            kind = item.kind
            if kind == HEAD:
                continue
            if old == new == 0:
                self.end = item.at
                break
            if kind in BREAKS:
                if kind == TALK and changed and old == new <= _CONTEXT:
                    self.end = item.at
                    break
                taken.append(item)
                continue
            if kind in (ADD, REMOVE) and not changed:
                changed = True
                if hunk.old_start > 1:
                    self.lead = min(max(0, _CONTEXT - count), old, new)
                    old, new = old - self.lead, new - self.lead
            if (kind != ADD and old == 0) or (kind != REMOVE and new == 0):
                if not loose:
                    self.surplus = item if kind in (ADD, REMOVE) else None
                    self.end = item.at
                    break
                # An empty line that only set a comment off took the room.
                loose.pop().kind = ""
                old, new = old + 1, new + 1
            if kind == EMPTY and item.loose:
                loose.append(item)
            taken.append(item)
            count += 1
            old -= kind != ADD
            new -= kind != REMOVE
        self.missing: int | None = old + self.lead if changed and old == new else None
        if self.missing is None or self.surplus:
            for item in loose:
                item.kind = ""
        for item in taken:
            if item.kind in BREAKS:
                self.breaks.append((len(self.items), item.kind))
            elif item.kind:
                self.items.append(item)
        if self.missing is None or self.surplus:
            while self.items and self.items[-1].kind == EMPTY:
                self.items.pop()


def _finish(
    body: _Body, hunk: Hunk, stream: Stream, closed: bool, may_end_file: bool
) -> tuple[list[Hunk], list[tuple[int, str]]]:
    """Decide where missing lines were, number the lines, say how sure that is."""
    items = body.items
    if not items:
        return [], [(hunk.src, f"no line of the hunk {_name(hunk)} can be read")]
    hunk.confidence = DERIVED
    changes = [k for k, item in enumerate(items) if item.kind in (ADD, REMOVE)]
    trims = [k for k, kind in body.breaks if kind == TRIM]
    whole = body.missing is not None and not body.surplus and not (body.missing and trims)
    lead = body.lead
    split = len(items)
    blanks: dict[int, int] = {}  # blank lines to put back before items[k]
    skips: dict[int, int] = {}  # line numbers to skip before items[k]
    notes: list[tuple[int, str]] = []
    tail = len(items) - 1 - changes[-1] if changes else 0

    ends_loose = items[-1].kind == EMPTY and items[-1].loose
    if whole and body.missing is not None and (body.missing or ends_loose):
        lead = min(lead, body.missing)
        behind = min(max(0, _CONTEXT - tail), body.missing - lead)
        middle = body.missing - lead - behind
        runs = _middle_runs(changes)
        if middle and hunk.old_start <= 1 and not runs:
            lead, middle = min(middle, max(0, _CONTEXT - changes[0])), 0
        if middle and closed and len(runs) == 1:
            _put_back(items, runs[0], middle, blanks)
        elif (middle and (closed or tail >= _CONTEXT or not _has_blank(items))) or (
            # At the end of a file less context follows: then these are not behind.
            (behind or ends_loose) and runs and may_end_file and _loses_blanks(body)
        ):
            hunk.confidence = UNKNOWN
            hunk.repairs.append("context lines between the changes missing")
            why = f"hunk {_name(hunk)} lacks context, its line numbers are not known"
            notes.append((items[-1].src, why))
        elif middle:
            whole = False
        if behind and closed:
            _put_back(items, (changes[-1] + 1, len(items)), behind, blanks)
        elif behind:
            lost = f"{_count(behind, 'context line')} at the end missing"
            hunk.repairs.append(lost)
            if not stream.depth:  # quotes end so every day, a patch does not
                notes.append((items[-1].src, f"hunk {_name(hunk)} is cut short: {lost}"))
    early = [k for k, _ in body.breaks if changes and k <= changes[0]]
    if early and lead:
        # Not lost but left out by the reviewer: there is no telling what they are.
        skips[changes[0]] = lead
        hunk.repairs.append(f"{_count(lead, 'context line')} before the first change missing")
    elif changes and lead:
        _put_back(items, (0, changes[0]), lead, blanks)
    if not whole:
        split, why = _cut(body, hunk, stream.depth, tail, closed, trims + early)
        notes.append((items[-1].src, why))
        if _loses_blanks(body) and _middle_runs([k for k in changes if k < split]):
            # Blank lines may be lost between the changes as well.
            hunk.confidence = UNKNOWN
    if blanks:
        hunk.repairs.append(f"{_count(sum(blanks.values()), 'blank context line')} put back")
    bare = sum(item.kind == BARE for item in items)
    if bare:
        hunk.repairs.append(f"the leading blank of {_count(bare, 'context line')} put back")
    fixed = {stream.fixed[item.src] for item in items if item.src in stream.fixed}
    hunk.repairs += sorted(fixed | {GLUED for item in items if item.glued})

    rest = _number(hunk, items, 0, split, blanks, skips)
    if split == len(items):
        return [hunk], notes
    _number(rest, items, split, len(items), blanks, skips)
    rest.confidence = UNKNOWN
    rest.repairs.append("lines before it were taken out: its line numbers are not known")
    rest.old_count, rest.new_count = len(rest.old_text()), len(rest.new_text())
    return ([hunk, rest] if hunk.lines else [rest]), notes


def _cut(
    body: _Body, hunk: Hunk, depth: int, tail: int, closed: bool, holes: list[int]
) -> tuple[int, str]:
    """Where a hunk that lacks changes stops being certain, and what it lacks.

    If the diff goes on behind the hunk, or the hunk has its last three lines
    of context, then lines are missing in its middle: most likely where the
    reviewer spoke, so what stands before that is certain.  Else its end is
    missing and all that is there is certain, up to the first of `holes`, where
    the reviewer cut lines out or spoke before the first change.
    """
    end = len(body.items)
    inside = [k for k, _ in body.breaks if k < end]
    split = end
    if holes:
        split = min(holes)
    elif closed or tail >= _CONTEXT:
        if inside:
            split = inside[0]
        elif closed and not body.breaks and (tail >= _CONTEXT or depth == 0):
            hunk.confidence = UNKNOWN
    added = sum(item.kind == ADD for item in body.items)
    removed = sum(item.kind == REMOVE for item in body.items)
    why = f"hunk {_name(hunk)} is not complete: {added} added and {removed} removed lines are there"
    if body.surplus:
        why = f"hunk {_name(hunk)} has more lines than its header says"
        hunk.confidence = UNKNOWN
        why += f": not read from line {body.surplus.src} on"
    hunk.repairs.append("cut short")
    return split, why


def _number(
    hunk: Hunk,
    items: list[Item],
    begin: int,
    end: int,
    blanks: dict[int, int],
    skips: dict[int, int],
) -> Hunk:
    """Fill the hunk with items[begin:end]; returns an empty hunk that follows it."""
    old, new = hunk.old_start, hunk.new_start
    add = hunk.lines.append
    last = len(items)
    for k in range(begin, end + 1 if end == last else end):
        skip = skips.get(k, 0)
        old, new = old + skip, new + skip
        src = items[min(k, last - 1)].src
        for _ in range(blanks.get(k, 0)):
            add(Line(KEEP, "", old, new, src))
            old, new = old + 1, new + 1
        if k == last:
            break
        item = items[k]
        if item.kind == ADD:
            add(Line(ADD, item.text, None, new, src, item.eol))
            new += 1
        elif item.kind == REMOVE:
            add(Line(REMOVE, item.text, old, None, src, item.eol))
            old += 1
        else:
            add(Line(KEEP, "" if item.kind == EMPTY else item.text, old, new, src, item.eol))
            old, new = old + 1, new + 1
    return Hunk(old, 0, new, 0, hunk.section, items[min(end, last - 1)].src)


def _has_blank(items: list[Item]) -> bool:
    """Is there a blank context line, so that blank ones are not lost?"""
    return any(
        (item.kind == EMPTY and not item.loose) or (item.kind == KEEP and not item.text)
        for item in items
    )


def _loses_blanks(body: _Body) -> bool:
    """Are blank context lines likely to be lost?"""
    bare = any(item.kind == BARE for item in body.items)
    return (bool(body.missing) or body.lead > 0 or bare) and not _has_blank(body.items)


def _middle_runs(changes: list[int]) -> list[tuple[int, int]]:
    """The runs of context between changes, as index ranges."""
    return [(a + 1, b) for a, b in pairwise(changes) if b > a + 1]


def _put_back(items: list[Item], run: tuple[int, int], count: int, blanks: dict[int, int]) -> None:
    """Choose where in a run of context `count` blank lines were lost.

    The numbers of the changes do not depend on it, only those of the context.
    """
    begin, end = run

    def fit(k: int) -> int:
        before = items[k - 1].text.strip() if k > begin else ""
        after = items[k].text.strip() if k < end else ""
        if before.endswith("{") or after.startswith(("}", "*")) or not (before or after):
            return -2
        score = 2 * (before.endswith("}") or before == "*/")
        score += before.startswith("#include") != after.startswith("#include")
        return score + (k == (begin if end == len(items) else end))

    best = sorted(range(begin, end + 1), key=fit, reverse=True)
    for n in range(count):
        k = best[n % len(best)]
        blanks[k] = blanks.get(k, 0) + 1


def _name(hunk: Hunk) -> str:
    return f"-{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")

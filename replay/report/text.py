"""Results as text that can be read in a mail: one line a violation, below it why.

    trace:812: RMI_GRANULE_DELEGATE: got SUCCESS, permitted ERROR_INPUT
        a failure condition holds:
          gran_state: the granule is delegated or in use => ERROR_INPUT
        the model:
          addr 0x88001a000: DELEGATED
        the story:
          line 640: RMI_GRANULE_DELEGATE 0x88001a000 -> SUCCESS
        and 2 more like it: lines 815, 820

Lines are at most 80 columns where that needs no break inside of a word or of a
path.  Whatever comes from a trace is made printable first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from linter.plain import plain
from replay.result import KINDS, MOST_LISTED

if TYPE_CHECKING:
    from replay.coverage import Coverage
    from replay.result import Group, Hazard, Note, TraceResult, Violation

WIDTH = 80  # columns
_MOST_ASSUMED = 3  # reasons shown where nobody asks for all
_A_ROW = 4  # lines one after the other that are told as first and last
_MOST_NUMBERS = 40  # line numbers shown of what is told only once
_ORDER = "order"  # the judge's word; in words:
_MEANING = {_ORDER: "another failure condition comes first in the reference's order of checks"}


def render(
    results: Iterable[TraceResult], *, verbose: bool = False, coverage: Coverage | None = None
) -> Iterator[str]:
    """The report in pieces, a trace each as it comes; then, for several, the sum.

    `verbose`: every violation in full, and the notes.  `coverage` may be filled
    while the results are drawn: it is looked at last.
    """
    count = 0
    commands: dict[str, Counter[str]] = {}
    first: TraceResult | None = None
    for result in results:
        count += 1
        first = first or result
        for name, counts in result.by_command.items():
            commands.setdefault(name, Counter()).update(counts)
        state = (part for line in result.state for part in _wrapped(line, "    "))
        yield _text([*trace(result, verbose), *summary(result, verbose), *state])
    if first is not None and count > 1:
        yield _text(["", f"{count} traces: {_counted(_sum(commands))}"])
    yield _text(table(commands))
    if coverage is not None:
        yield _text(covered(coverage))


def trace(result: TraceResult, verbose: bool = False) -> Iterator[str]:
    """The violations of a trace, differing checkpoints, hazards, and the notes if `verbose`."""
    path = plain(result.path)
    if verbose:
        single = sorted((v for g in result.violations for v in g.full), key=lambda v: v.line)
        for one in single:
            yield from violation(path, one)
        for group in result.violations:
            if group.count > len(group.full):
                first = group.full[0]
                yield f"{path}: {group.count - len(group.full)} more like that of line {first.line}"
    else:
        for group in result.violations:
            yield from violation(path, group.full[0])
            yield from _others(group, "    ")
    for item in result.differences:
        yield from _wrapped(f"{path}:{item.line}: checkpoint: {plain(item.text)}", "    ")
    if len(result.differences) == MOST_LISTED:
        yield f"{path}: more differences than these {MOST_LISTED} are not listed"
    yield from hazards(path, result.hazards, verbose)
    if verbose:
        for notes in result.notes:
            note = notes.full[0]
            text = _MEANING.get(note.text, note.text)
            yield from _wrapped(f"{path}:{note.line}: note: {note.command}: {plain(text)}", "    ")
            yield from _others(notes, "    ")


def summary(result: TraceResult, verbose: bool = False) -> Iterator[str]:
    """What was judged, in a few lines."""
    path = plain(result.path)
    if not result.rmi:  # not judged: the error says why
        return
    yield f"{path}: RMI {result.rmi}, {_counted(result.verdicts)}"
    if result.violations:
        first = result.violations[0].full[0]
        yield f"  first violation: line {first.line}, {plain(first.command)}"
    for (command, why), count in sorted(result.unknown.items()):
        yield from _wrapped(f"  unknown: {plain(command)}: {plain(why)} ({count})", "    ")
    yield from assumed(result, verbose)
    if result.hazards:
        yield f"  hazards: {_severities(result)}"
    if result.checkpoints_equal or result.checkpoints_different:
        text = f"  checkpoints: {result.checkpoints_equal} equal"
        if result.checkpoints_different:
            text += f", {result.checkpoints_different} different"
        yield text
    if result.note_count:
        yield f"  notes: {result.note_count}"
    if result.unread_count:
        yield f"  lines that could not be read or judged: {result.unread_count}"


def assumed(result: TraceResult, verbose: bool) -> Iterator[str]:
    """What the verdicts on calls rest on where the trace leaves others out, most often first."""
    found = sorted(result.assumed.items(), key=lambda item: (-item[1], item[0]))
    for (command, why), count in found if verbose else found[:_MOST_ASSUMED]:
        yield from _wrapped(f"  assumed: {plain(command)}: {plain(why)} ({count})", "    ")
    if len(found) > _MOST_ASSUMED and not verbose:
        yield f"  assumed: {len(found) - _MOST_ASSUMED} more reasons (-v lists them)"


def table(commands: dict[str, Counter[str]]) -> Iterator[str]:
    """Calls by command and verdict."""
    total = _sum(commands)
    kinds = [kind for kind in KINDS if total[kind]]
    if not kinds:
        return
    width = max(len(plain(name)) for name in commands)
    yield f"  {'':{width}}" + "".join(f" {kind:>9}" for kind in kinds)
    for name, counts in sorted(commands.items()):
        cells = "".join(f" {counts[kind] or '':>9}" for kind in kinds)
        yield f"  {plain(name):{width}}{cells}".rstrip()


def covered(coverage: Coverage) -> Iterator[str]:
    """Which conditions held, what never held first."""
    rows = list(coverage.rows())
    for rmi in sorted({row.rmi for row in rows}):
        mine = [row for row in rows if row.rmi == rmi]
        called = [row for row in mine if row.calls]
        conditions = [c for row in mine for c in row.conditions]
        held = sum(1 for _, count, _ in conditions if count)
        alone = sum(1 for _, _, count in conditions if count)
        yield ""
        yield (
            f"coverage of RMI {rmi}: {len(called)} of {len(mine)} commands called; "
            f"of {len(conditions)} conditions"
        )
        yield f"  {held} held, {alone} of them at least once alone"
        names = [row.command for row in mine if not row.calls]
        if names:
            yield from _wrapped(f"  never called: {', '.join(names)}", "    ")
        for row in called:
            if row.never:
                yield from _wrapped(f"  never held: {row.command}: {', '.join(row.never)}", "    ")
        yield "  held, with the number of calls, and of those in which it held alone:"
        for row in called:
            seen = sorted((c for c in row.conditions if c[1]), key=lambda c: (c[1], c[0]))
            if seen:
                yield f"    {row.command}: {row.calls} calls, in {row.free} of them none held"
            for name, count, single in seen:
                yield f"      {name:24} {count:9} {single:9}"


def violation(path: str, v: Violation) -> Iterator[str]:
    """One violation in full; `path` is printable already."""
    place = f"{path}:{v.line}: {plain(v.command)}: "
    if v.got in v.permitted:  # its outputs are wrong, or what the realm saw
        yield from _wrapped(f"{place}{v.got}, but {plain(v.why)}", "    ")
    else:
        permitted = " or ".join(v.permitted) or "anything else"
        yield from _wrapped(f"{place}got {v.got}, permitted {permitted}", "    ")
        yield from _wrapped(f"    {plain(v.why)}{':' if v.conditions else ''}", "    ")
    for reason in v.conditions:
        yield from _wrapped(f"      {reason.id}: {reason.meaning} => {reason.result}", "        ")
    for title, lines in (("the model:", v.view), ("the story:", v.story)):
        if lines:
            yield f"    {title}"
            for line in lines:
                yield from _wrapped(f"      {plain(line)}", "        ")
    for note in v.notes:
        yield from _wrapped(f"    note: {plain(_MEANING.get(note, note))}", "      ")


def hazards(path: str, groups: Iterable[Group[Hazard]], verbose: bool = False) -> Iterator[str]:
    """What the rules' watchers say, in the order of lines; `verbose`: each, and its calls."""
    if verbose:
        for one in sorted((h for group in groups for h in group.full), key=lambda h: h.line):
            yield from hazard(path, one)
            lines = sorted({*one.lines, one.line})
            if len(lines) > 1:
                yield from _wrapped(f"    lines {_numbers(lines)}", "      ")
        return
    for group in sorted(groups, key=lambda group: group.full[0].line):
        yield from hazard(path, group.full[0])
        yield from _others(group, "    ")


def hazard(path: str, h: Hazard) -> list[str]:
    """One hazard; `path` is printable already."""
    return _wrapped(f"{path}:{h.line}: {h.severity}: {plain(h.message)} [{h.rule}]", "    ")


def _others(group: Group[Violation] | Group[Note] | Group[Hazard], indent: str) -> Iterator[str]:
    """`and 51 more like it: lines 815, 820, ...`"""
    count = group.count - 1
    if not count:
        return
    numbers = _numbers(group.lines[1:], count)
    text = f"{indent}and {count} more like it: line{'s' if count > 1 else ''} {numbers}"
    yield from _wrapped(text, indent + "  ")


def _numbers(lines: list[int], count: int | None = None) -> str:
    """The first line numbers of `count`, which may be more than are listed; rows as 13-52."""
    rows: list[list[int]] = []
    for line in lines:
        if rows and line == rows[-1][-1] + 1:
            rows[-1].append(line)
        else:
            rows.append([line])
    shown = [
        text
        for row in rows
        for text in (map(str, row) if len(row) < _A_ROW else [f"{row[0]}-{row[-1]}"])
    ]
    if len(shown) > _MOST_NUMBERS or (count is not None and count > len(lines)):
        shown[_MOST_NUMBERS:] = ["..."]
    return ", ".join(shown)


# --- words


def _severities(result: TraceResult) -> str:
    """`1 error, 2 warnings`; of a remark nothing but the number."""
    counts: Counter[str] = Counter()
    for group in result.hazards:
        counts[group.full[0].severity] += group.count
    return ", ".join(
        f"{counts[name]} {name}{'s' if name != 'info' and counts[name] > 1 else ''}"
        for name in ("error", "warning", "info")
        if counts[name]
    )


def _sum(commands: dict[str, Counter[str]]) -> Counter[str]:
    return sum(commands.values(), Counter())


def _counted(kinds: Counter[str]) -> str:
    """`39 calls: 38 ok, 1 violation`."""
    total = kinds.total()
    parts = [_number(kinds[kind], kind) for kind in KINDS if kinds[kind]]
    calls = f"{total} call" if total == 1 else f"{total} calls"
    return f"{calls}: {', '.join(parts)}" if parts else calls


def _number(count: int, kind: str) -> str:
    return f"{count} {kind}{'s' if kind == 'violation' and count > 1 else ''}"


def _wrapped(text: str, then: str) -> list[str]:
    """`text`, its own indent kept, in lines of WIDTH columns; the others begin with `then`."""
    if len(text) <= WIDTH:
        return [text]
    first = text[: len(text) - len(text.lstrip())]
    return wrap(
        text.lstrip(),
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _text(lines: Iterable[str]) -> str:
    return "".join(line + "\n" for line in lines)

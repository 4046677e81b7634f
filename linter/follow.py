"""Follows the files of one series from patch to patch.

Per patch: which files does it change, which rules want them, what is new.  A
finding is reported once, at the patch that brings it; a later patch of the
series that makes it go away is named in `removed_in`.  Functions are checked
again only when their text or the answer of a function they call changed.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from linter.blame import Blame
from linter.finding import Finding, PatchRef, Report, patch_ref
from linter.intake.patch import UNKNOWN, Hunk, Note
from linter.lazy import regex
from linter.run import findings_of, run_rule, stamped
from rules.registry import FUNCTION, RMI, SERIES, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.intake.snapshot import FileState, Snapshot
    from linter.source.unit import Function, Unit
    from linter.source.world import World

_INCLUDE = regex(rb'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)
C_FILE = (".c", ".h")
# No file that people write is larger; parsing one that somebody made takes minutes.
MAX_SOURCE = 4 << 20  # bytes of a file
MAX_HUNKS = 10_000  # hunks of a file of which nothing else is known
TOO_LARGE = f"more than {MAX_SOURCE >> 20} MB or {MAX_HUNKS} hunks of one file; not checked"
_RMI_BYTES = tuple(word.encode() for word in RMI)


def new_world() -> World:
    """An empty world; nothing of `linter.source` is imported before a file is wanted."""
    from linter.source.world import World

    return World()


def new_unit(path: str, source: str | bytes, world: World, **more: Any) -> Unit:
    from linter.source.unit import Unit

    if isinstance(source, str):
        source = source.encode("utf-8", "surrogateescape")
    return Unit(path, source, world, **more)


class Run:
    """One series: what is known of its files from patch to patch."""

    def __init__(self, rules: list[Rule], report: Report) -> None:
        self.rules = rules
        self.report = report
        self.units: dict[str, Unit] = {}  # whole files, as of the last patch
        self.touched: dict[str, set[str]] = {}  # functions the series wrote to, by file
        self.open: dict[str, dict[str, Finding]] = {}  # by file: findings still there
        self.pieces: list[Unit] = []  # hunks of other files, in the order of their patches
        self.blame = Blame()
        self.alone = False  # a reply
        self.states: dict[str, FileState] = {}  # of the patch that changed a file last
        self.seen: set[tuple[str, str]] = set()  # (path, fingerprint) of what was reported
        self.reported: list[Finding] = []
        # By file, every state of which only the hunks are known (and the patch it is of).
        self.hunks: dict[str, list[tuple[PatchRef, FileState]]] = {}

    def patch(self, snapshot: Snapshot) -> None:
        """Lints the files that one patch changes."""
        patch = snapshot.patch
        report = self.report
        report.patches += 1
        report.notes.extend(patch.notes)
        for file in patch.files:
            report.notes.extend(file.notes)
        report.notes.extend(snapshot.notes)
        states = [s for s in snapshot.changed if s.path.endswith(C_FILE)]
        report.files += len(states)
        ref = patch_ref(patch)
        for file in patch.files:
            if file.status == "renamed" and file.old_path and file.new_path:
                self._rename(file.old_path, file.new_path)
        for state in states:
            if state.deleted or state.text is None:
                self.units.pop(state.path, None)
                self.states.pop(state.path, None)
                self.hunks.setdefault(state.path, []).append((ref, state))
            if state.deleted:
                for finding in self.open.pop(state.path, {}).values():
                    finding.removed_in = ref
        gone = [s for s in states if s.deleted]
        wanted = [s for s in states if not s.deleted and self._wanted(s)]
        states = [s for s in wanted if self._handy(s)]
        if states or (gone and self.units):
            self._files(snapshot, states, ref)
        elif any(_names_rmi(state) for state in wanted):
            report.unchecked_patches.append(ref)

    def _files(self, snapshot: Snapshot, states: list[FileState], ref: PatchRef) -> None:
        """Parses and lints the files that a rule wants."""
        world = new_world()
        whole = [(s, self._whole(s, world)) for s in states if s.text is not None]
        for unit in self.units.values():
            unit.world = world
            for function in unit.functions:
                function.unit.world = world  # one that lives on keeps its first unit
            world.add(unit)
        self._includes(snapshot, [unit for _, unit in whole], world)
        pieces = [(s, unit) for s in states if s.text is None for unit in _pieces(s, world)]
        for _, unit in pieces:
            world.add(unit)
            unit.patch = ref
            self.pieces.append(unit)
        for state, _ in whole:
            self.blame.add(ref, state)
        checked = False
        for state, unit in whole:
            self._check_whole(state, unit, ref)
            self._unparsed(state, unit)
            unread = {n for first, last in unit.unparsed for n in range(first, last + 1)}
            checked |= not state.added or not state.added <= unread
        changed = {state.path for state, _ in whole}
        for path, state in self.states.items():
            if path not in changed and self._answers_changed(path, world):
                self._check_whole(state, self.units[path], ref)
        self.states.update((state.path, state) for state, _ in whole)
        for state, unit in pieces:
            checked |= self._check_piece(state, unit, ref)
        if not checked and any(_names_rmi(state) for state in states):
            self.report.unchecked_patches.append(ref)

    def series(self) -> None:
        """Runs the rules that need the series as a whole, on its last state.

        A finding in a fragment says itself which patch that belongs to.
        """
        for finding in of_all([*self.units.values(), *self.pieces], self.rules):
            if not self.blame.place(finding):
                continue  # nothing that the series brings
            finding.introduced_in = finding.patch
            key = (finding.path, finding.fingerprint)
            if key not in self.seen:
                self.seen.add(key)
                self._tell(finding)

    def _tell(self, finding: Finding) -> None:
        self.report.findings.append(finding)
        self.reported.append(finding)

    # -- units -------------------------------------------------------------

    def _rename(self, old: str, new: str) -> None:
        """What was found in a file and is still open follows it."""
        self.units.pop(old, None)
        self.states.pop(old, None)
        self.blame.rename(old, new)
        if old in self.hunks:
            self.hunks[new] = self.hunks.pop(old)
        self.touched.setdefault(new, set()).update(self.touched.pop(old, ()))
        self.open.setdefault(new, {}).update(self.open.pop(old, {}))

    def _answers_changed(self, path: str, world: World) -> bool:
        """Does a function that the series wrote to rest on another that is new now?"""
        touched = self.touched.get(path, ())
        stale = [f for f in self.units[path].functions if not world.refresh(f)]
        return any(function.name in touched for function in stale)

    def _wanted(self, state: FileState) -> bool:
        """Is there a word in the file (or in its hunks) that anything here is about?"""
        source = state.text
        if state.path in self.units:
            return True
        if source is None:
            source = "\n".join(line.text for hunk in state.hunks for line in hunk.new_text())
        text = source.encode("utf-8", "surrogateescape")
        return any(word in text for word in _RMI_BYTES) or any(r.wants(text) for r in self.rules)

    def _handy(self, state: FileState) -> bool:
        """Is the file, or what is known of it, of a size that a person could have written?"""
        if state.text is not None:
            too_large = len(state.text) > MAX_SOURCE
        else:
            size = sum(len(line.text) for hunk in state.hunks for line in hunk.lines)
            too_large = len(state.hunks) > MAX_HUNKS or size > MAX_SOURCE
        if too_large:
            self.report.not_checked_lines += len(state.added)
            self.report.notes.append(Note(state.path, 0, TOO_LARGE))
            self.units.pop(state.path, None)
            self.states.pop(state.path, None)
        return not too_large

    def _whole(self, state: FileState, world: World) -> Unit:
        """The unit of a whole file; functions that did not change live on."""
        assert state.text is not None
        old = self.units.get(state.path)
        unit = new_unit(state.path, state.text, world, added=state.added)
        if old is not None:
            known: dict[tuple[str, bytes], Function] = {
                (function.name, function.source): function for function in old.functions
            }
            for at, function in enumerate(unit.functions):
                same = known.get((function.name, function.source))
                if same is not None and same.comment == function.comment:
                    same.shift = function.node.start_point[0] - same.node.start_point[0]
                    unit.functions[at] = same
        self.units[state.path] = unit
        return unit

    def _includes(self, snapshot: Snapshot, units: list[Unit], world: World) -> None:
        """Reads the RMI headers that a changed file includes, where a tree has them."""
        known = set(self.units)
        for unit in units:
            for name in _INCLUDE.findall(unit.source):
                if not any(word in name for word in (b"rmi", b"rme")):
                    continue
                for path in _header_paths(name.decode("utf-8", "replace"), unit.path):
                    if path in known:
                        break
                    text = snapshot.lookup(path)
                    if text is not None:
                        known.add(path)
                        self.units[path] = header = new_unit(path, text, world)
                        world.add(header)
                        break

    # -- checks ------------------------------------------------------------

    def _check_whole(self, state: FileState, unit: Unit, ref: PatchRef) -> None:
        touched = self.touched.setdefault(state.path, set())
        touched.update(f.name for f in unit.functions if not state.added.isdisjoint(f.lines))
        functions = [f for f in unit.functions if f.name in touched]
        found: dict[str, Finding] = {}
        for finding in findings_of(unit, self.rules, functions):
            found.setdefault(finding.fingerprint, finding)
        known = self.open.setdefault(state.path, {})
        gone = {key: known.pop(key) for key in [*known] if key not in found}
        fresh = {key: finding for key, finding in found.items() if key not in known}
        for key, finding in [*fresh.items()]:
            same = next((old for old, was in gone.items() if _moved(was, finding)), None)
            if same is not None:  # the line is as it was, its function has a new name
                known[key] = gone.pop(same)
                del fresh[key]
        for finding in gone.values():
            finding.removed_in = ref
        existed = bool(fresh) and state.origin != "created"
        before = _before(state, self.rules) if existed else frozenset()
        for key, finding in fresh.items():
            told = (state.path, key) in self.seen  # it is back
            if key in before or (self.alone and told):
                continue
            if state.origin != "created" and not told and not _on_added(finding, state.added):
                continue
            self.seen.add((state.path, key))
            finding.patch = finding.introduced_in = ref
            finding.removed_in = None
            known[key] = finding
            self._tell(finding)

    def _check_piece(self, state: FileState, unit: Unit, ref: PatchRef) -> bool:
        found = list(findings_of(unit, self.rules, unit.functions)) if unit.checked else []
        self._unparsed(state, unit)
        self._in_part(state, unit)
        for finding in found:
            key = (state.path, finding.fingerprint)
            if not _on_added(finding, unit.added) or key in self.seen:
                continue
            self.seen.add(key)
            finding.patch = finding.introduced_in = ref
            self._tell(finding)
        return unit.checked

    def _in_part(self, state: FileState, unit: Unit) -> None:
        """Says which functions a hunk cuts, so that rules about all of one cannot see them."""
        for part in unit.parts:
            lines = [line for line in part.lines if line in unit.added]
            if lines and any(r.needs == FUNCTION and r.wants_body(part.source) for r in self.rules):
                name = f"{part.name}()" if part.name else "a function"
                what = f"only a part of {name} is known; rules that need it whole did not see it"
                self.report.notes.append(Note(state.path, lines[0], what))

    def _unparsed(self, state: FileState, unit: Unit) -> None:
        for first, last in unit.unparsed:
            lines = [line for line in range(first, last + 1) if line in unit.added]
            if lines:
                self.report.not_checked_lines += len(lines)
                self.report.notes.append(
                    Note(state.path, lines[0], lines_note(lines[0], lines[-1]))
                )


def of_all(units: list[Unit], rules: list[Rule]) -> Iterator[Finding]:
    """What the rules say that see all units at once."""
    found: list[tuple[Rule, Finding]] = []
    for rule in rules:
        if rule.needs == SERIES and any(rule.wants(unit.source) for unit in units):
            found.extend((rule, finding) for finding in run_rule(rule, units))
    return stamped(found)


def _moved(was: Finding, now: Finding) -> bool:
    """Is this the same line, of which only the function around it is called otherwise?"""
    return was.rule == now.rule and was.line_text.strip() == now.line_text.strip()


def _before(state: FileState, rules: list[Rule]) -> frozenset[str]:
    """Fingerprints of what the file held before the patch, where that is known."""
    if state.before is None:
        return frozenset()
    source = state.before.encode("utf-8", "surrogateescape")
    if not any(rule.wants(source) for rule in rules):
        return frozenset()
    world = new_world()
    unit = new_unit(state.path, source, world)
    world.add(unit)
    return frozenset(f.fingerprint for f in findings_of(unit, rules, unit.functions))


def _pieces(state: FileState, world: World) -> Iterator[Unit]:
    """The hunks of a file of which nothing else is known."""
    for hunk in state.hunks:
        lines = hunk.new_text()
        if hunk.confidence != UNKNOWN and any(line.kind == "+" for line in lines):
            yield _piece(state.path, hunk, world)


def _piece(path: str, hunk: Hunk, world: World) -> Unit:
    lines = hunk.new_text()
    source = "".join(line.text + "\n" for line in lines)
    numbers = [line.new or 0 for line in lines]
    added = frozenset(line.new for line in lines if line.kind == "+" and line.new)
    return new_unit(path, source, world, added=added, lines=numbers, section=hunk.section)


def _on_added(finding: Finding, added: frozenset[int]) -> bool:
    """Does the finding, or a place it rests on, stand on an added line?"""
    if any(line in added for line in range(finding.line, finding.end[0] + 1)):
        return True
    return any(r.line in added for r in finding.related if r.path == finding.path)


def _names_rmi(state: FileState) -> bool:
    return any(word in line.text for hunk in state.hunks for line in hunk.added for word in RMI)


def _header_paths(name: str, includer: str) -> Iterator[str]:
    if name.startswith("asm/"):
        yield f"arch/arm64/include/{name}"
    yield f"include/{name}"
    yield os.path.normpath(os.path.join(os.path.dirname(includer), name))


def lines_note(first: int, last: int) -> str:
    where = f"line {first}" if first == last else f"lines {first}-{last}"
    return f"{where} could not be parsed; not checked"

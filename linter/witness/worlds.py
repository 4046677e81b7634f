"""The files that a finding is about, as they are after the patch that brings it.

A patch must stand alone, so a function runs as its patch leaves it, with what the series
has brought until then: whole files where they are known, hunks of others behind them.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from linter.follow import new_unit, new_world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.finding import Finding
    from linter.follow import Run
    from linter.source.unit import Unit
    from linter.source.world import World
    from linter.witness.machine import Machine

_KEPT = 8  # worlds of one series that are kept: findings come patch by patch


class Worlds:
    """Worlds of what the linter has followed (`runs`), or of files that it read (`--all`)."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._run = {id(f): run for run in runs for f in run.reported}
        self._bare: dict[tuple[int, int, int], World] = {}
        self._made: dict[tuple[int, int, int, int], World] = {}
        self._units: dict[tuple[str, str], Unit] = {}
        self._files: dict[tuple[str, int], World] = {}
        self._moved: list[Finding] = []

    def of(self, finding: Finding, machine: Machine) -> World | None:
        """What a run on that machine needs; None if nothing of the finding's file is at hand.

        Machines with the same page size share a world.
        """
        from linter.witness.kernel.linux import on_machine

        run = self._run.get(id(finding))
        if run is None or finding.patch is None:
            return self._of_file(finding.path, machine) if finding.patch is None else None
        own = _piece(run, finding)
        key = (id(run), finding.patch.index, id(own))
        made = self._made.get((*key, machine.page_size))
        if made is None:
            bare = self._bare.get(key)
            if bare is None:
                self._forget()
                bare = self._bare[key] = self._world(run, finding.patch.index, own)
            made = self._made[*key, machine.page_size] = on_machine(bare, machine)
        return made

    def _of_file(self, path: str, machine: Machine) -> World | None:
        """A file that was linted as it is (`--all`)."""
        from linter.witness.kernel.linux import on_machine

        made = self._files.get((path, machine.page_size))
        if made is None:
            try:
                with open(path, encoding="utf-8", errors="surrogateescape") as file:
                    unit = self._unit(path, file.read())
            except OSError:
                return None
            world = new_world()
            world.add(unit)
            made = self._files[path, machine.page_size] = on_machine(world, machine)
        return made

    def at_the_end(self, finding: Finding) -> Finding | None:
        """The finding as it is at the end of the series; None if it is gone or the same there."""
        run = self._run.get(id(finding))
        if run is None or finding.patch is None or finding.removed_in is not None:
            return None
        last = run.blame.last
        state = run.states.get(finding.path)
        if last <= finding.patch.index or state is None or state.text is None:
            return None
        unit = self._unit(finding.path, state.text)
        function = next((f for f in unit.functions if f.name == finding.function), None)
        if function is None:
            return None
        wanted = finding.line_text.strip()
        lines = [n for n in function.lines if unit.line_text(n - 1).strip() == wanted]
        if len(lines) != 1:
            return None
        moved = copy(finding)
        moved.line, moved.end = lines[0], (finding.end[0] - finding.line + lines[0], finding.end[1])
        moved.patch = finding.patch._replace(index=last)
        self._run[id(moved)] = run
        self._moved.append(moved)  # so that no other takes its id
        return moved

    def _forget(self) -> None:
        if len(self._bare) >= _KEPT:
            self._bare.clear()
            self._made.clear()

    def _world(self, run: Run, patch: int, own: Unit | None) -> World:
        world = new_world()
        if own is not None:
            world.add(own)
        texts = run.blame.texts(patch)
        known = {path for path, state in run.states.items() if state.text is not None}
        for path, text in texts.items():
            if path in known:  # not renamed or deleted since
                world.add(self._unit(path, text))
        for path, unit in run.units.items():  # headers of the tree, that no patch changes
            if path not in texts and path not in run.states:
                world.add(unit)
        for piece in reversed(run.pieces):  # of two hunks of a function the later one counts
            if piece is not own and piece.patch is not None and piece.patch.index <= patch:
                world.add(piece)
        return world

    def _unit(self, path: str, text: str) -> Unit:
        """The unit of a file, parsed once for all patches that leave it alone."""
        unit = self._units.get((path, text))
        if unit is None:
            unit = self._units[path, text] = new_unit(path, text, new_world())
        return unit


def _piece(run: Run, finding: Finding) -> Unit | None:
    """The hunk that shows the function of a finding, where only hunks of its file are known."""
    for piece in run.pieces:
        if piece.path == finding.path and piece.patch == finding.patch:
            for function in piece.functions:
                if function.name == finding.function and finding.line in function.lines:
                    return piece
    return None

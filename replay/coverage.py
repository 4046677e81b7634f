"""Which conditions of which commands traces exercised.

A condition that held together with others says little of the RMM: any of them may
have decided.  So it is counted, too, how often each was the only one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replay.spec.table import Command, Held


@dataclass(frozen=True, slots=True)
class Row:
    """A command: calls whose conditions were looked at, those in which none held, and which.

    A call before activation, say, is refused before its conditions count (2.0).
    `conditions` are (id, calls in which it held, in which it alone held).
    """

    rmi: str
    command: str
    calls: int
    free: int
    conditions: tuple[tuple[str, int, int], ...]

    @property
    def never(self) -> tuple[str, ...]:
        """The conditions that never held."""
        return tuple(name for name, held, _ in self.conditions if not held)


@dataclass(slots=True)
class Coverage:
    """Counts by version and command; of several traces they add up."""

    # (version, command) -> ids of its conditions, every command of the version
    tables: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    free: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    alone: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def know(self, rmi: str, commands: dict[int, Command]) -> None:
        """Take in the tables of a version, so that what is never called is seen too."""
        for command in commands.values():
            if command.effect:
                for part in (command, *command.stages.values()):
                    self.tables[rmi, part.name] = tuple(c.id for c in part.conditions)

    def count(self, rmi: str, command: Command, held: list[Held]) -> None:
        """A call of the command in which the conditions `held` held."""
        key = (rmi, command.name)
        self.calls[key] += 1
        if not held:
            self.free[key] += 1
        for row in held:
            condition = (*key, command.conditions[row[0]].id)
            self.held[condition] += 1
            if len(held) == 1:
                self.alone[condition] += 1

    def add(self, other: Coverage) -> None:
        """Add the counts of another trace."""
        self.tables |= other.tables
        for mine, theirs in (
            (self.calls, other.calls),
            (self.free, other.free),
            (self.held, other.held),
            (self.alone, other.alone),
        ):
            mine.update(theirs)  # type: ignore[arg-type]

    def rows(self) -> Iterator[Row]:
        """By version: commands never called first, then those with most conditions unreached."""
        rows = [
            Row(
                *key,
                self.calls[key],
                self.free[key],
                tuple((c, self.held[*key, c], self.alone[*key, c]) for c in conditions),
            )
            for key, conditions in self.tables.items()
        ]
        yield from sorted(rows, key=_order)


def _order(row: Row) -> tuple[str, bool, int, str]:
    called = row.calls > 0
    return row.rmi, called, -len(row.never) if called else 0, row.command

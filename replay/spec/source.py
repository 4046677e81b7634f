"""A command table as it is written: what grammar.py reads and generate.py makes code of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from replay.spec.lines import Spot, Text


@dataclass(frozen=True)
class Expr:
    """An expression and where it stands: `verbatim` at `start` of a directive, or made of one."""

    text: str
    tree: ast.expr
    where: Text
    start: int
    verbatim: bool = True

    def spot(self, column: int = 0) -> Spot:
        return self.where.spot(self.start + (column if self.verbatim else 0))


@dataclass(frozen=True)
class Let:
    name: str
    value: Expr
    when: str  # "before" or "live": when the specification samples it; the judge asks before


@dataclass(frozen=True)
class Row:
    """A `fail` or `may` row; `extra` are outputs demanded with the status."""

    id: str
    when: Expr
    status: str
    index: Expr | None
    extra: tuple[tuple[str, Expr], ...]
    meaning: str
    permits: bool
    spot: Spot

    def results(self) -> tuple[Expr, ...]:
        """The expressions of what the row demands."""
        return (*((self.index,) if self.index else ()), *(value for _, value in self.extra))


@dataclass
class Source:
    """A command, or one stage of it, as written."""

    name: str  # of a stage: COMMAND/STAGE
    fid: int
    versions: tuple[str, ...]  # empty: all of the folder's
    spot: Spot
    inputs: list[tuple[str, str]] = field(default_factory=list)  # name, type
    outputs: list[str] = field(default_factory=list)
    gate: str = "any"
    lets: list[Let] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    # (ids that win, ids that they win over, where it is said)
    order: list[tuple[list[str], list[str], Spot]] = field(default_factory=list)
    sequence: list[str] = field(default_factory=list)
    effect: tuple[str, list[str]] | None = None
    effect_spot: Spot | None = None
    success: list[str] = field(default_factory=list)
    stages: dict[str, Source] = field(default_factory=dict)
    optional: bool = False  # an implementation may lack it
    modelled: bool = True
    any_status: bool = False  # the effect says which status, not only success
    inherited: set[str] = field(default_factory=set)  # what `extends` brought, until written anew

    def parts(self) -> Iterator[Source]:
        """The command, then its stages."""
        yield self
        yield from self.stages.values()

    def label(self) -> str:
        """Name and versions, as errors and pages give them."""
        return f"{self.name} for {' '.join(self.versions)}" if self.versions else self.name


def order_masks(source: Source) -> tuple[int, ...]:
    """For each row the rows that win over it, as bits, closed under transitivity.

    A row that wins over itself (which check.py refuses) has its own bit.
    """
    place = {row.id: i for i, row in enumerate(source.rows)}
    before = [0] * len(place)
    for first, later, _ in source.order:
        for b in later:
            for a in first:
                before[place[b]] |= 1 << place[a]
    # Warshall: once `through` has had its turn, every way by rows up to it is known.
    for through, bit in enumerate(1 << i for i in range(len(before))):
        for i, mask in enumerate(before):
            if mask & bit:
                before[i] = mask | before[through]
    return tuple(before)

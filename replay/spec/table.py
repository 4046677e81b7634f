"""A command as the judge uses it; `_generated/` holds these.

No parser is needed at run time: `generate.py` has made a function of every
table.  It takes the model and the arguments X1.. (padded with zeros) and gives

    held    the conditions that hold and are well formed, in the table's order, as
            (bit number, X0 that the condition demands, demanded outputs or None)
    objects what the effect wants: realms, walks, numbers; None for what does
            not exist
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from replay.rmm.model import Rmm

# (bit, X0, ((register number, value), ...) or None)
Held: TypeAlias = tuple[int, int, tuple[tuple[int, int], ...] | None]
Rows: TypeAlias = list[Held]
Judged: TypeAlias = tuple[Rows, tuple[Any, ...]]
Conditions: TypeAlias = Callable[["Rmm", Sequence[int]], Judged]


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of a table.  `index` is the expression for X0's bits 15:8, or None.

    `permits` marks a `may` row: where it holds, its result is allowed beside the
    others, with `meaning` as a note.
    """

    id: str
    when: str
    status: str
    index: str | None
    extra: str | None
    meaning: str
    permits: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command of one version of the specification (or one stage of it).

    `before[i]` is the set of conditions, as bits, that win over condition i where
    both hold (closed under transitivity).  `sequence`: the order of the table is
    the reference's order of checks; only its own traces are held to it.  An empty
    `effect` says that the command is known by name only.  `optional`: an
    implementation may lack it and answer -1.  `any_status`: the effect decides on
    the status too, where that is no matter of conditions (VERSION, OP_CONTINUE).
    """

    name: str
    fid: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    conditions: tuple[Condition, ...]
    before: tuple[int, ...]
    sequence: bool
    gate: str
    judge: Conditions
    effect: str
    success: tuple[str, ...]
    stages: dict[str, Command] = field(default_factory=dict)
    order: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    versions: tuple[str, ...] = ()
    optional: bool = False
    any_status: bool = False

    def permitted(self, held: list[Held], follow_sequence: bool) -> list[Held]:
        """The rows among `held` whose result may be seen.

        With `follow_sequence`, only the first; else every row that no other
        held row must precede.
        """
        if len(held) < 2:
            return held
        if follow_sequence and self.sequence:
            return held[:1]
        true = 0
        for bit, _, _ in held:
            true |= 1 << bit
        before = self.before
        return [row for row in held if not before[row[0]] & true]

    def permitted_too(self, held: list[Held], follow_sequence: bool) -> list[Held]:
        """The `may` rows among `held`, all that hold, whose result may be seen as well.

        With `follow_sequence`, what may be the case is looked at in its place, too: not
        after the first row that decides.
        """
        rows = self.conditions
        found = [row for row in held if rows[row[0]].permits]
        if follow_sequence and self.sequence and found and len(found) < len(held):
            first = next(bit for bit, _, _ in held if not rows[bit].permits)
            found = [row for row in found if row[0] < first]
        return found

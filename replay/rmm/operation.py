"""Stateful operations (SRO): contexts, handles, what each waits for (2.0).

A command that needs the host's help answers INCOMPLETE and a handle.  The host
then donates memory, takes memory back or lets the operation continue, as the
last answer asked, until an OP_CONTINUE gives the final status (fact sheets
tf-rmm-behaviour section 9, rmm-2.0 section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from replay.rmm.unknown import Open
from replay.rmm.values import (
    INTERNAL,
    MEM_DONATE,
    MEM_NONE,
    MEM_RECLAIM,
    PARTIAL,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.choices import Choices
    from replay.rmm.interrupted import InHand
    from replay.rmm.model import Rmm
    from replay.rmm.traits import Traits
    from replay.spec.table import Command, Judged

_BLOCK_BITS = 9  # one size code more: 512 times the size
_SIZE_CODES = 4  # 4 KiB, 2 MiB, 1 GiB, 512 GiB
_CAN_CANCEL = 1 << 10  # of an INCOMPLETE result

# What OP_CONTINUE does with an operation that waits for nothing else, given the
# registers seen (None: choose); gives those that it expects.
Step: TypeAlias = Callable[["Rmm", "Operation", Sequence[int] | None], tuple[int | None, ...]]


class Request(NamedTuple):
    """RmiOpMemDonateReq: memory that an operation asks for, in blocks of 4 KiB << 9 * size."""

    size: int
    blocks: int
    contiguous: bool = False
    state: int = 0  # 0 delegated, 1 undelegated, 2 either (bet3)

    @staticmethod
    def of(word: int) -> Request:
        return Request(word & 3, word >> 2 & 0x3FFF, bool(word >> 16 & 1), word >> 17 & 3)

    @staticmethod
    def pages(number: int, *, contiguous: bool = False) -> Request:
        """A request for delegated granules, in the largest blocks that divide their number."""
        size = 0
        while size < _SIZE_CODES - 1 and number and not number % (1 << _BLOCK_BITS):
            number >>= _BLOCK_BITS
            size += 1
        return Request(size, number, contiguous)

    @property
    def word(self) -> int:
        return self.size | self.blocks << 2 | self.contiguous << 16 | self.state << 17

    @property
    def granules(self) -> int:
        return self.blocks << _BLOCK_BITS * self.size


@dataclass(slots=True, eq=False)
class Operation:
    """One operation between the calls that make it up.

    name      the command that began it
    x         its arguments, which later stages look at
    wants     MEM_NONE, MEM_DONATE or MEM_RECLAIM: the call that takes it on
    request   what is to be donated now, `later` what is asked for after it
    becomes   the state of a donated granule
    at_once   all of them go back together, however short the list is to which they are written
    given     granules that it holds for the host, in the order of their donation
    listed    descriptors of granules taken back already, but not yet told to the host
    objects   granules that are PARTIAL while it goes on
    ends      the results that the last OP_CONTINUE may give; None: not decided yet
    why       what made it fail, in words of a report
    step      what an OP_CONTINUE does that finds the memory in place
    stages    the command's later conditions
    holds     (rd, base, top): a range of which it may have one entry in hand
    in_hand   what it has in hand, where that is known to be marked
    pauses    how often it will be interrupted yet, where answers are made up
    aside     (address, state, object) of granules that are PARTIAL while it goes on, and
              then what they were
    """

    name: str
    x: Sequence[int]
    step: Step
    handle: int = 0
    wants: int = MEM_NONE
    request: Request | None = None
    later: list[Request] = field(default_factory=list)
    becomes: int = 0
    given: list[int] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    objects: tuple[int, ...] = ()
    ends: tuple[int, ...] | None = None
    why: str = ""
    can_cancel: bool = False
    at_once: bool = False
    holds: tuple[int, int, int] | None = None
    in_hand: InHand | None = None
    pauses: int = 0
    aside: list[tuple[int, int, Any]] = field(default_factory=list)
    stages: dict[str, Command] = field(default_factory=dict)


class Operations:
    """The contexts of an RMM: `open` has the operations that wait, by handle."""

    __slots__ = ("limit", "lowest", "open")

    def __init__(self, traits: Traits) -> None:
        self.open: dict[int, Operation] = {}
        self.limit = traits.sro_contexts  # 0: not known
        self.lowest = traits.lowest_handle

    @property
    def full(self) -> bool:
        """No context is free; never where their number is not known."""
        return 0 < self.limit <= len(self.open)

    def free_handle(self, first: int = 0) -> int:
        """The lowest handle from `first` on that no operation has."""
        handle = 0 if self.lowest else first
        while handle in self.open:
            handle += 1
        return handle

    def close(self, op: Operation) -> None:
        """The operation has ended; its handle is free at once."""
        if self.open.get(op.handle) is op:
            del self.open[op.handle]


def incomplete(wants: int) -> int:
    """X0 of an operation that goes on when the host has done `wants`."""
    return RMI_INCOMPLETE | wants << 8


def goes_on(op: Operation) -> int:
    """X0 while `op` waits for what it wants."""
    return incomplete(op.wants) | (_CAN_CANCEL if op.can_cancel else 0)


def is_incomplete(got: Sequence[int] | None) -> bool:
    """Whether the result seen says that an operation goes on."""
    return got is not None and got[0] & 0xFF == RMI_INCOMPLETE


def begun(m: Rmm, step: Step, **details: Any) -> Operation:
    """An operation of the command that is being called; `details` are more of its attributes."""
    assert m.smc is not None and m.command is not None
    return Operation(m.command.name, m.smc.x, step, stages=m.command.stages, **details)


def open_operation(m: Rmm, op: Operation, got: Sequence[int] | None) -> tuple[int | None, ...]:
    """Give `op` a context; the registers expected: X0, the handle, the request if it asks for one.

    The reference takes the lowest free handle; of another implementation any
    unused handle, any wish for memory and leave to cancel are learnt.
    """
    operations = m.operations
    op.handle = expected = operations.free_handle(m.choices.first_handle)
    if got is not None and is_incomplete(got) and got[1] not in operations.open:
        op.handle = got[1]
        if not operations.lowest:
            expected = got[1]
    operations.open[op.handle] = op
    for addr in op.objects:
        m.put(addr, PARTIAL)
    op.can_cancel = got is None and m.choices.cancellable and not m.traits.sequence
    want = goes_on(op)
    if got is not None and not m.traits.sequence:
        learn(op, got)
        want = got[0]
    word = op.request.word if op.wants == MEM_DONATE and op.request else 0
    return (want, expected, word)


def learn(op: Operation, got: Sequence[int]) -> None:
    """Take from an INCOMPLETE result what the operation waits for (not the reference's)."""
    op.wants = got[0] >> 8 & 3
    op.can_cancel = bool(got[0] >> 10 & 1)
    op.request = Request.of(got[2]) if op.wants == MEM_DONATE else None


def judged(m: Rmm, stage: Command, x: Sequence[int]) -> Judged:
    """The conditions of a later stage.  Raises Open if one depends on what is not known."""
    m.doubted = []
    found = stage.judge(m, x)
    if m.doubted:
        raise Open("what a later stage of an operation asks was not captured")
    return found


def suspended(
    m: Rmm,
    got: Sequence[int] | None,
    finish: Callable[[Sequence[int] | None], tuple[int | None, ...]],
    *,
    permitted: bool,
    holds: tuple[int, int, int] | None = None,
    objects: Sequence[int] = (),
) -> tuple[int | None, ...] | None:
    """A command that may answer INCOMPLETE, and do its work when the operation ends.

    None if the result is final; where none was seen, `m.choices` decide.  Otherwise
    the registers expected now; `finish`, called with the registers of the last
    OP_CONTINUE, has the effect and gives those expected then.  Where it is not
    `permitted`, SUCCESS is expected, but the model follows.  `holds`: see Operation;
    `objects`: granules that nobody else can use meanwhile.
    """
    choices = m.choices
    if not is_incomplete(got) if got is not None else not (permitted and choices.pauses):
        return None

    def step(m: Rmm, op: Operation, got: Sequence[int] | None) -> tuple[int | None, ...]:
        if got is not None and is_incomplete(got):
            learn(op, got)
            return (got[0],)  # interrupted again
        if got is None and _goes_on(op, choices):
            return (goes_on(op),)
        m.operations.close(op)
        bring_back(m, op)
        return finish(got)

    op = begun(m, step, becomes=INTERNAL, holds=holds)
    for addr in objects:
        op.aside.append((addr, m.gstate(addr) or UNDELEGATED, m.object_at(addr)))
        m.put(addr, PARTIAL)
    if got is None:
        op.pauses = choices.pauses
        if choices.asks is not None and not m.traits.sequence:
            op.wants, op.request = MEM_DONATE, choices.asks
        return open_operation(m, op, got)
    op.wants = got[0] >> 8 & 3
    expected = open_operation(m, op, got)
    learn(op, got)
    return expected if permitted else (0,)


def bring_back(m: Rmm, op: Operation) -> None:
    """What an operation had set aside is what it was."""
    for addr, state, thing in op.aside:
        m.put(addr, state, thing)
    op.aside.clear()


def _goes_on(op: Operation, choices: Choices) -> bool:
    """Whether an operation whose answers are made up does not end with this OP_CONTINUE."""
    if op.given and choices.gives_back:
        op.wants = MEM_RECLAIM
        return True
    op.pauses -= 1
    return op.pauses != 0


def now_or_later(
    m: Rmm,
    got: Sequence[int] | None,
    work: Callable[[Sequence[int] | None], tuple[int | None, ...]],
    objects: Sequence[int] = (),
    *,
    reference: bool = False,
) -> tuple[int | None, ...]:
    """A command that an RMM may do as an operation; the reference only where `reference` says so.

    `work` is its effect; an operation that fails in the end has none.  `objects` are
    granules that nobody else can use meanwhile.
    """

    def finish(last: Sequence[int] | None) -> tuple[int | None, ...]:
        return work(last) if last is None or last[0] == RMI_SUCCESS else (None,)

    permitted = reference or not m.traits.sequence
    return suspended(m, got, finish, permitted=permitted, objects=objects) or work(got)


def expected_call(op: Operation) -> str:
    """Which command goes on with the operation, in words of a report."""
    names = {MEM_DONATE: "OP_MEM_DONATE", MEM_RECLAIM: "OP_MEM_RECLAIM"}
    return names.get(op.wants, "OP_CONTINUE")

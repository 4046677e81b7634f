"""A stateful operation waits for the host, and the host does other things until the end.

Other things are commands that make, map or destroy, by the same CPU: what other vCPUs do
meanwhile, or a host that delegates what it is to donate, says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.operation import expected_call, is_incomplete

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

_UNCOUNTED: Final = (
    "RMI_REC_ENTER",
    "RMI_PSCI_COMPLETE",
    "RMI_GRANULE_",
    "RMI_FEATURES",
    "RMI_VERSION",
    "RMI_RTT_READ_ENTRY",
)
_GOES_ON: Final = 4  # calls of one CPU after which it has given the operation up
_MOST_OPEN: Final = 4096
_MOST_CPUS: Final = 4096  # told apart


@dataclass(slots=True)
class _Waiting:
    """An operation: the call that began it, and the last that was for it.

    `calls` is how many counted calls that CPU had made by then.
    """

    name: str
    begun: int  # line
    line: int
    seq: int | None
    cpu: int
    calls: int


class Watch:
    """Follows what is INCOMPLETE; what is open at the end, and was not just begun, was left."""

    COMMANDS = None

    def __init__(self) -> None:
        self._open: dict[int, _Waiting] = {}  # by handle
        self._calls: Counter[int] = Counter()  # by CPU, while something waits

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> None:
        name, got = verdict.command, call.r
        if got is None or not (self._open or is_incomplete(got)):
            return
        cpu = call.cpu % _MOST_CPUS
        if name.startswith("RMI_OP_"):
            known = self._open.get(call.x[0])
            if call.x[0] not in rmm.operations.open:
                self._open.pop(call.x[0], None)
            elif known is not None:
                known.line, known.seq = call.line, call.seq
                known.cpu, known.calls = cpu, self._calls[cpu]
            return
        if not name.startswith(_UNCOUNTED):
            self._calls[cpu] += 1
        if is_incomplete(got) and got[1] in rmm.operations.open and len(self._open) < _MOST_OPEN:
            line, seq = call.line, call.seq
            self._open[got[1]] = _Waiting(name, line, line, seq, cpu, self._calls[cpu])

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        if rmm.partial:
            return
        for handle, waiting in self._open.items():
            op = rmm.operations.open.get(handle)
            if op is None or self._calls[waiting.cpu] - waiting.calls < _GOES_ON:
                continue
            yield Hazard(
                waiting.line,
                waiting.seq,
                f"{waiting.name} is left INCOMPLETE: the operation {handle:#x} still waits for "
                f"{expected_call(op)} at the end, and the host has done other things since",
                (waiting.begun, waiting.line),
            )

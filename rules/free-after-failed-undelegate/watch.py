"""A page that is undelegated while the RMM uses it, and what the host does with it then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.values import DELEGATED, GRANULE_NAME, RMI_ERROR_INPUT, UNDELEGATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

_TAKES: Final = frozenset({"RMI_GRANULE_UNDELEGATE", "RMI_GRANULE_RANGE_UNDELEGATE"})
_GIVES: Final = frozenset({"RMI_GRANULE_DELEGATE", "RMI_GRANULE_RANGE_DELEGATE"})
_MOST = 256  # pages that are remembered


class Watch:
    """Of a range only the first page is looked at: where the RMM stops the host asks again."""

    COMMANDS = _TAKES | _GIVES

    def __init__(self) -> None:
        self._in_vain: dict[int, int] = {}  # address -> line of the undelegation

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        # What a refusal leaves as it was; after a success there is nothing to say.
        name, page = verdict.command, call.x[0]
        state = rmm.gstate(page)
        if state is None:
            return
        if name in _GIVES:
            begun = self._in_vain.pop(page, None)
            refused = call.r is not None and call.r[0] == RMI_ERROR_INPUT
            # Where calls are missing it may have come back, and have been delegated anew.
            if refused and begun is not None and state != UNDELEGATED and not rmm.partial:
                yield Hazard(
                    call.line,
                    call.seq,
                    f"{name} of {page:#x}, which is still the RMM's ({GRANULE_NAME[state]}): "
                    f"to undelegate it failed in line {begun}, and the host takes it for its own",
                    (begun, call.line),
                )
        elif state in (UNDELEGATED, DELEGATED):
            self._in_vain.pop(page, None)
        else:
            if len(self._in_vain) >= _MOST:
                del self._in_vain[next(iter(self._in_vain))]  # the oldest
            self._in_vain[page] = call.line
            yield Hazard(
                call.line,
                call.seq,
                f"{name} of {page:#x}, which the RMM still uses ({GRANULE_NAME[state]}): "
                "the page must not be freed",
            )

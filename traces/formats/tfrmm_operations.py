"""What RMI_INCOMPLETE asked for, which the console of TF-RMM does not print.

Bits 9:8 of X0 say what the operation needs next.  The host knew them, so its next call
for the same handle tells (rmm-2.0.md section 5).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from traces.event import Smc
from traces.formats.tfrmm_handlers import INCOMPLETE, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from traces.formats.jsonl import Item

_DONATE: Final = 1 << 8
_RECLAIM: Final = 2 << 8
_CANCEL: Final = 1 << 10
_ERROR_INPUT: Final = 1

_ASKED_BY: Final = {
    NAMES["OP_CONTINUE"].fid: 0,
    NAMES["OP_MEM_DONATE"].fid: _DONATE,
    NAMES["OP_MEM_RECLAIM"].fid: _RECLAIM,
    NAMES["OP_CANCEL"].fid: _CANCEL,
}
_CONTINUES: Final = NAMES["OP_CONTINUE"].fid
_RECLAIMS: Final = NAMES["OP_MEM_RECLAIM"].fid
_DONATES: Final = NAMES["OP_MEM_DONATE"].fid
_GIVES_BACK: Final = {
    NAMES[name].fid
    for name in ("REC_DESTROY", "PDEV_DESTROY", "PSMMU_DEACTIVATE", "PSMMU_ST_L2_DESTROY")
}
_MOST = 1000  # items to wait for the next call


def settled(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in their order, with what INCOMPLETE asked for in its X0.

    What comes after an INCOMPLETE is held back until it is known, at most _MOST items.
    Where it cannot be known, `seen` says so.
    """
    held: deque[Item] = deque()
    waiting = _Waiting()
    for item in items:
        if isinstance(item, Smc):
            waiting.look(item)
        held.append(item)
        if len(held) > _MOST:
            waiting.give_up()
        first = waiting.first()
        while held and held[0] is not first:
            yield held.popleft()
    waiting.give_up()
    yield from held


class _Waiting:
    """INCOMPLETEs of which it is not known what they asked for."""

    def __init__(self) -> None:
        self._calls: dict[int, Smc] = {}  # the last one by handle, in their order
        self._ended: set[int] = set()  # handles of operations that seem to be over

    def first(self) -> Smc | None:
        return next(iter(self._calls.values()), None)

    def give_up(self) -> None:
        """Nothing more will be known of these."""
        for handle in list(self._calls):
            self._over(handle)

    def look(self, call: Smc) -> None:
        """What a call tells of the one before it, and of itself."""
        assert call.r is not None
        handle, x0 = call.x[0], call.r[0]
        if call.fid in _ASKED_BY and handle in self._calls:
            if x0 != _ERROR_INPUT:
                _ask(self._calls.pop(handle), _ASKED_BY[call.fid])
                self._ended.discard(handle)
            # A call that does not fit is refused and leaves the operation as it was; but
            # after a reclaim this is also how one ends that failed.
            elif call.fid == _CONTINUES and self._calls[handle].fid == _RECLAIMS:
                self._ended.add(handle)
        if x0 == INCOMPLETE:
            if call.fid not in _ASKED_BY:
                handle = call.r[1]
                self._over(handle)  # else the number would not be in use again
            if call.r[2]:  # a donate request
                _ask(call, _DONATE)
            else:
                self._calls[handle] = call

    def _over(self, handle: int) -> None:
        call = self._calls.pop(handle, None)
        if call is None or call.r is None:
            return
        if call.fid in (_CONTINUES, _RECLAIMS):
            call.seen = call.seen if handle in self._ended else 0
        # If it took nothing that was donated, it asks to have the rest taken back.
        elif call.fid in _GIVES_BACK or (call.fid == _DONATES and not call.r[1]):
            _ask(call, _RECLAIM)
        self._ended.discard(handle)


def _ask(call: Smc, what: int) -> None:
    assert call.r is not None
    call.r[0] |= what

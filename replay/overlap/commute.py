"""Which calls may change places without a difference to either, or to what follows.

Only to save tries, so it says no wherever it does not know for sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from replay.rmm.values import RMI_INCOMPLETE, RMI_SUCCESS
from replay.spec.commands import FUNCTION, commands_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traces.event import Header, Smc


# Numbers of the pages that a call names; None: it may concern anything.
About: TypeAlias = frozenset[int] | None

_PAGE: Final = 12  # bits
_MOST: Final = 64  # granules of a range that are listed
# Effects that reach nothing but what the registers name, and the realm of these.
_NAMED: Final = frozenset(
    (
        *("granule_delegate", "granule_undelegate", "version", "features", "rec_aux_count"),
        *("realm_activate", "rec_enter", "psci_complete", "psci_complete_2_0"),
        *("data_create", "data_create_unknown", "data_destroy", "rtt_data_map_init"),
        *("rtt_create", "rtt_destroy", "rtt_fold", "rtt_read_entry"),
        *("rtt_init_ripas", "rtt_set_ripas", "rtt_map_unprotected", "rtt_unmap_unprotected"),
    )
)
_RANGES: Final = frozenset(("range_delegate", "range_undelegate"))
_RECS: Final = ("rec", "calling_rec", "target_rec", "rec_ptr")
_FREED: Final = ("data", "rtt")  # outputs that say which granule a command lets go of


class Commuting:
    """Tells what the calls of one trace concern."""

    def __init__(self, header: Header) -> None:
        self._commands = commands_of(header.rmi)
        # Where calls are missing a REC may have become that of another realm.
        self._complete = header.complete
        self._realms: dict[int, int] = {}  # REC -> RD, of those that were created

    def about(self, smc: Smc) -> About:
        """What `smc` concerns; asked for each call, as the calls come."""
        command = self._commands.get(smc.fid & FUNCTION)
        got = smc.r
        if command is None or got is None:
            return None
        self._learn(command.effect, smc, got)
        if got[0] & 0xFF == RMI_INCOMPLETE:
            return None
        if command.effect in _RANGES:
            return _range(smc.x[0], smc.x[1], got)
        if command.effect not in _NAMED:
            return None
        values = [*smc.x[: len(command.inputs)], *got[1 : len(command.outputs) + 1]]
        for name, value in zip(command.inputs, smc.x, strict=False):
            if name in _RECS and "rd" not in command.inputs:
                if value not in self._realms:
                    return None
                values.append(self._realms[value])
        if got[0] == RMI_SUCCESS:
            for name, value in zip(command.outputs, got[1:], strict=False):
                if name in _FREED and not value:
                    return None  # not captured
        return frozenset(value >> _PAGE for value in values if value >> _PAGE)

    def lasts(self, smc: Smc) -> bool:
        """Whether the call is an RMI_REC_ENTER."""
        command = self._commands.get(smc.fid & FUNCTION)
        return command is not None and command.effect == "rec_enter"

    def _learn(self, effect: str, smc: Smc, got: Sequence[int]) -> None:
        """Keep whose a REC is.  That of one that failed in the end is never asked for."""
        if got[0] & 0xFF not in (RMI_SUCCESS, RMI_INCOMPLETE):
            return
        if effect == "rec_create" and self._complete:
            self._realms[smc.x[1]] = smc.x[0]
        elif effect == "rec_destroy":
            self._realms.pop(smc.x[0], None)


def commute(one: About, other: About) -> bool:
    """Whether two calls do not concern each other."""
    return one is not None and other is not None and one.isdisjoint(other)


def _range(base: int, top: int, got: Sequence[int]) -> About:
    """A range command looks at the granules up to the one at which it stops."""
    first, last = base >> _PAGE, top >> _PAGE
    if got[0] == RMI_SUCCESS:
        last = min(last, got[1] >> _PAGE)
    if not 0 <= last - first <= _MOST:
        return None
    return frozenset(range(first, last + 1))

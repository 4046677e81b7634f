"""An address of memory that is in none of the machine's memory banks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.spec.commands import FUNCTION
from rules.calls import command

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from traces.event import Smc

# The arguments that name memory which the host takes from its map.  Not those of the GPT's
# set-up: it demands a coarser alignment than memory has.
_NAMES: Final = {
    "RMI_GRANULE_DELEGATE": ("addr",),
    "RMI_GRANULE_UNDELEGATE": ("addr",),
    "RMI_GRANULE_RANGE_DELEGATE": ("base", "top"),
    "RMI_GRANULE_RANGE_UNDELEGATE": ("base", "top"),
    "RMI_GRANULE_TRACKING_GET": ("addr", "base", "top"),
    "RMI_GRANULE_TRACKING_SET": ("addr",),
    "RMI_REALM_CREATE": ("rd", "params_ptr"),
    "RMI_REC_CREATE": ("rec", "params_ptr"),
    "RMI_RTT_CREATE": ("rtt",),
    "RMI_RTT_AUX_CREATE": ("rtt",),
    "RMI_DATA_CREATE": ("data", "src"),
    "RMI_DATA_CREATE_UNKNOWN": ("data",),
    "RMI_RTT_DATA_MAP_INIT": ("data", "src"),
    "RMI_PDEV_CREATE": ("pdev", "params_ptr"),
    "RMI_VDEV_CREATE": ("vdev", "params_ptr"),
}
_SIZES: Final = [1 << n for n in range(30, 12, -1)]  # to which a range may have been rounded


class Watch:
    """Compares arguments with the banks of the header; silent where there are none."""

    COMMANDS = frozenset(_NAMES)

    def __init__(self) -> None:
        # By function number: the command, and (argument, its place).
        self._seen: dict[int, tuple[str, tuple[tuple[str, int], ...]]] = {}
        self._starts: list[int] = []  # of the banks
        self._ends: list[int] = []

    def before(self, call: Smc, rmm: Rmm) -> list[Hazard]:
        if not rmm.banks:
            return []
        fid = call.fid & FUNCTION
        known = self._seen.get(fid)
        if known is None:
            known = self._seen[fid] = _arguments(call, rmm.rmi)
        for name, at in known[1]:
            value = call.x[at]
            is_top = name == "top"
            if is_top and value <= call.x[at - 1]:
                continue  # no range at all
            # The end of a range is the first address behind it.
            if rmm.delegable(value - is_top) or rmm.devices.has(value - is_top):
                continue
            if not self._starts:
                self._starts = sorted(bank.base for bank in rmm.banks)
                self._ends = sorted(bank.base + bank.size for bank in rmm.banks)
            message = f"{known[0]}: {name} {value:#x} {self._where(value, is_top)}"
            return [Hazard(call.line, call.seq, message)]  # one argument of a call is enough
        return []

    def _where(self, value: int, is_top: bool) -> str:
        """What is wrong with the value, and the rounding that explains it, if one does."""
        starts, ends = self._starts, self._ends
        above, below = bisect_right(starts, value), bisect_left(ends, value)
        if is_top and below:
            end = ends[below - 1]
            size = next((size for size in _SIZES if -(-end // size) * size == value), 0)
            if size:
                told = f"it is {end:#x}, where a bank ends, rounded up to {_in_words(size)}"
            else:
                told = f"the bank below it ends at {end:#x}"
            return f"reaches beyond memory: {told}"
        if above == len(starts):
            return f"is in no memory bank: the last one ends at {ends[-1]:#x}"
        start = starts[above]
        size = next((size for size in _SIZES if start // size * size == value), 0)
        if size:
            told = f"it is {start:#x}, where one begins, rounded down to {_in_words(size)}"
        else:
            told = f"the next one begins at {start:#x}"
        return f"is in no memory bank: {told}"


def _arguments(call: Smc, rmi: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    known = command(call, rmi)
    assert known is not None  # it is one of COMMANDS
    named = _NAMES[known.name]
    return known.name, tuple((name, at) for at, name in enumerate(known.inputs) if name in named)


def _in_words(size: int) -> str:
    """`1 GiB`."""
    for unit, shift in (("GiB", 30), ("MiB", 20)):
        if size >> shift:
            return f"{size >> shift} {unit}"
    return f"{size >> 10} KiB"

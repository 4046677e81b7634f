"""A page that the host reads or writes itself, and that is the RMM's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.addr_list import LIST, kind_of
from replay.rmm.values import GRANULE_NAME, UNDELEGATED
from rules.calls import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

# Pages that the host fills before the call, or reads after it.
_PAGES: Final = {
    "RMI_REALM_CREATE": "params_ptr",
    "RMI_REC_CREATE": "params_ptr",
    "RMI_REC_ENTER": "run_ptr",
    "RMI_DATA_CREATE": "src",
    "RMI_RTT_DATA_MAP_INIT": "src",
    "RMI_RMM_CONFIG_GET": "config_ptr",
    "RMI_RMM_CONFIG_SET": "config_ptr",
    "RMI_OP_MEM_DONATE": "list",
    "RMI_OP_MEM_RECLAIM": "list",
    "RMI_PSMMU_ACTIVATE": "params_ptr",
    "RMI_PDEV_CREATE": "params_ptr",
    "RMI_PDEV_SET_PUBKEY": "params_ptr",
    "RMI_PDEV_COMMUNICATE": "data",
    "RMI_VDEV_CREATE": "params_ptr",
    "RMI_VDEV_COMMUNICATE": "data",
    "RMI_VDEV_GET_MEASUREMENTS": "params_ptr",
}
# Those whose flags say that an argument is the address of a list.
_LISTS: Final = frozenset(
    f"RMI_RTT_{kind}_{way}" for kind in ("DATA", "UNPROT", "DEV") for way in ("MAP", "UNMAP")
)


class Watch:
    """Asks the model whose the page is: no call changes that of a page which it reads."""

    COMMANDS = frozenset(_PAGES) | _LISTS

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        name = verdict.command
        at = places(rmm.rmi, name)
        if name in _LISTS and kind_of(call.x[at["flags"]]) != LIST:
            return
        argument = _PAGES.get(name, "oaddr")
        if argument not in at:
            return  # another version calls it otherwise
        page = call.x[at[argument]]
        state = rmm.gstate(page & ~rmm.offset_mask)
        if state is None or state == UNDELEGATED:
            return
        yield Hazard(
            call.line,
            call.seq,
            f"{name}: {argument} {page:#x} is a page that the host uses itself, and it "
            f"is the RMM's ({GRANULE_NAME[state]}): to touch it is a Granule Protection Fault",
        )

"""Devices of 2.0: SMMUs, physical and virtual devices, as far as the facts go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.device import Pdev, Vdev
from replay.rmm.effects import OK, Expected, Got
from replay.rmm.effects.operation_2_0 import fail, quiet, release, start
from replay.rmm.model import Unknown
from replay.rmm.operation import Operation, Request, begun
from replay.rmm.values import (
    DELEGATED,
    DEVICE_UNSEEN,
    INTERNAL,
    MEM_DONATE,
    MEM_NONE,
    MEM_RECLAIM,
    PDEV,
    PDEV_AUX,
    PDEV_NEW,
    PSMMU_ST_L2,
    RMI_ERROR_INPUT,
    RMI_SUCCESS,
    VDEV,
    VDEV_ERROR,
    VDEV_NEW,
)

if TYPE_CHECKING:
    from replay.rmm.device import PdevParams, Psmmu
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

_STREAM_TABLE = 2  # granules of an SMMU's first-level stream table
_QUEUE = 1  # of its command queue, and of its event queue

# --- SMMUs -----------------------------------------------------------------------------


def psmmu_activate(m: Rmm, smmu: Psmmu, got: Got) -> Expected:
    """PSMMU_ACTIVATE: stream table, command queue and event queue, each contiguous."""

    def step(m: Rmm, op: Operation, got: Got) -> Expected:
        smmu.active = True
        smmu.given = op.given
        m.operations.close(op)
        return (RMI_SUCCESS, *quiet(m))

    queue = Request.pages(_QUEUE, contiguous=True)
    op = begun(
        m,
        step,
        wants=MEM_DONATE,
        request=Request.pages(_STREAM_TABLE, contiguous=True),
        later=[queue, queue],
        becomes=INTERNAL,
        at_once=True,
    )
    return start(m, op, got)


def psmmu_deactivate(m: Rmm, smmu: Psmmu, got: Got) -> Expected:
    """PSMMU_DEACTIVATE: all its memory comes back."""
    op = begun(m, release, wants=MEM_RECLAIM, given=smmu.given, at_once=True)
    smmu.active = False
    smmu.given = []
    return start(m, op, got)


def psmmu_st_l2_create(m: Rmm, smmu: Psmmu, sid: int, got: Got) -> Expected:
    """PSMMU_ST_L2_CREATE: that the SMMU is inactive or has the table shows at the end only."""

    def step(m: Rmm, op: Operation, got: Got) -> Expected:
        if not smmu.active or sid in smmu.tables:
            op.why = "the SMMU is inactive, or has the table already"
            return fail(m, op, (RMI_ERROR_INPUT,), got)
        for addr in op.given:
            m.put(addr, PSMMU_ST_L2)
            smmu.tables[sid] = addr
        m.operations.close(op)
        return (RMI_SUCCESS, *quiet(m))

    op = begun(
        m,
        step,
        wants=MEM_DONATE,
        request=Request.pages(1, contiguous=True),
        becomes=INTERNAL,
    )
    return start(m, op, got)


def psmmu_st_l2_destroy(m: Rmm, smmu: Psmmu, sid: int, got: Got) -> Expected:
    """PSMMU_ST_L2_DESTROY: its granule comes back."""
    table = smmu.tables.pop(sid, None)
    given = [] if table is None else [table]
    op = begun(m, release, wants=MEM_RECLAIM, given=given)
    return start(m, op, got)


# --- physical devices --------------------------------------------------------------------


def pdev_create(m: Rmm, pdev: int, params: PdevParams, got: Got) -> Expected:
    """PDEV_CREATE: a root port at once, an endpoint when it has its memory."""

    def step(m: Rmm, op: Operation, got: Got) -> Expected:
        m.put(pdev, PDEV)
        m.pdevs[pdev] = Pdev(pdev, PDEV_NEW, params.root_port, given=list(op.given))
        m.operations.close(op)
        return (RMI_SUCCESS, *quiet(m))

    op = begun(
        m,
        step,
        wants=MEM_NONE if params.root_port else MEM_DONATE,
        becomes=PDEV_AUX,
        objects=(pdev,),
    )
    if params.root_port:
        return step(m, op, got)
    # How much memory an endpoint needs is not in the facts.
    op.request = Request.pages(1) if got is None else Request.of(got[2])
    return start(m, op, got)


def pdev_destroy(m: Rmm, pdev: Pdev, got: Got) -> Expected:
    """PDEV_DESTROY: a root port at once, an endpoint when its memory was taken back."""
    op = begun(
        m,
        release,
        wants=MEM_RECLAIM,
        given=pdev.given,
        objects=(pdev.addr,),
    )
    return release(m, op, got) if pdev.root_port else start(m, op, got)


def device_talk(m: Rmm, device: Pdev | Vdev, got: Got) -> Expected:
    """A command that PDEV_COMMUNICATE or VDEV_COMMUNICATE brings to an end, with the device."""
    device.idle = False
    device.state = DEVICE_UNSEEN
    return OK


def device_communicate(m: Rmm, device: Pdev | Vdev, got: Got) -> Expected:
    """Raises Unknown: where this leads is the device's choice."""
    if got is not None:
        device_talk(m, device, got)
    raise Unknown("what a device answers is not modelled")


def device_get_state(m: Rmm, device: Pdev | Vdev, got: Got) -> Expected:
    """PDEV_GET_STATE, VDEV_GET_STATE: learnt where the device decided it."""
    if device.state == DEVICE_UNSEEN and got is not None and got[0] == RMI_SUCCESS:
        device.state = got[1]
    if device.state == DEVICE_UNSEEN and got is None:
        raise Unknown("what a device answers is not modelled")
    return (RMI_SUCCESS, None if device.state == DEVICE_UNSEEN else device.state)


def device_abort(m: Rmm, device: Pdev | Vdev, got: Got) -> Expected:
    """PDEV_ABORT, VDEV_ABORT: nothing is going on any more."""
    device.idle = True
    device.state = VDEV_ERROR if isinstance(device, Vdev) else DEVICE_UNSEEN
    return OK


def device_not_followed(m: Rmm, got: Got) -> Expected:
    """Raises Unknown: streams between devices are not modelled."""
    raise Unknown("streams between devices are not modelled")


# --- virtual devices ---------------------------------------------------------------------


def vdev_create(m: Rmm, realm: Realm, pdev: Pdev, vdev: int, got: Got) -> Expected:
    """VDEV_CREATE."""
    m.put(vdev, VDEV)
    m.vdevs[vdev] = Vdev(vdev, realm.rd, pdev.addr, VDEV_NEW)
    realm.vdevs += 1
    pdev.vdevs += 1
    return OK


def vdev_destroy(m: Rmm, vdev: Vdev, got: Got) -> Expected:
    """VDEV_DESTROY."""
    realm, pdev = m.realms.get(vdev.rd), m.pdevs.get(vdev.pdev)
    if realm is not None:
        realm.vdevs -= 1
    if pdev is not None:
        pdev.vdevs -= 1
    m.put(vdev.addr, DELEGATED)
    return OK


def vdev_complete(m: Rmm, got: Got) -> Expected:
    """VDEV_COMPLETE: the REC's side is not followed."""
    return OK

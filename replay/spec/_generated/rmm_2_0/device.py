"""Generated from rmm-2.0/device.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_psmmu_activate(m: Rmm, x: Sequence[int]) -> Judged:
    psmmu = x[0]
    params_ptr = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat
            held.append((0, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.is_psmmu(m, psmmu):  # psmmu
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not h.ns_page(m, params_ptr) or not h.psmmu_params_valid(m, params_ptr):  # params
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if h.other_words(m, params_ptr):  # params_other
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        smmu = h.Psmmu(m, psmmu)
    except m.doubt:
        smmu = m.open
    try:
        if smmu is not None and smmu.active:  # state
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if h.activation_open(m, psmmu):  # opening
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((6, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((7, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(7)
    return held, (smmu,)


def rmi_psmmu_deactivate(m: Rmm, x: Sequence[int]) -> Judged:
    psmmu = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat
            held.append((0, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.is_psmmu(m, psmmu):  # psmmu
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        smmu = h.Psmmu(m, psmmu)
    except m.doubt:
        smmu = m.open
    try:
        if smmu is not None and (not smmu.active):  # state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((3, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((4, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if smmu is not None and smmu.tables:  # busy
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (smmu,)


def rmi_psmmu_st_l2_create(m: Rmm, x: Sequence[int]) -> Judged:
    psmmu = x[0]
    sid = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat
            held.append((0, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.is_psmmu(m, psmmu):  # psmmu
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    if sid >> 32:  # sid
        held.append((2, v.RMI_ERROR_INPUT, None))
    if sid >> 16:  # sid_width
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((4, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((5, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        smmu = h.Psmmu(m, psmmu)
    except m.doubt:
        smmu = m.open
    return held, (smmu, sid)


def rmi_psmmu_st_l2_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    psmmu = x[0]
    sid = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat
            held.append((0, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.is_psmmu(m, psmmu):  # psmmu
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        smmu = h.Psmmu(m, psmmu)
    except m.doubt:
        smmu = m.open
    try:
        if smmu is not None and sid not in smmu.tables:  # sid
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((3, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((4, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (smmu, sid)


def rmi_pdev_create(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    params_ptr = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    if not not pdev & m.offset_mask or not not params_ptr & m.offset_mask:  # align
        held.append((2, v.RMI_ERROR_INPUT, None))
    try:
        if not h.ns_page(m, params_ptr) or not h.pdev_params_valid(m, params_ptr):  # params
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        params = h.PdevParams(m, params_ptr)
    except m.doubt:
        params = m.open
    try:
        if params is not None and (not params.supported):  # category
            held.append((4, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if not h.is_pdev(m, pdev):  # platform
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if not m.gstate(pdev) == v.DELEGATED:  # pdev_state
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((7, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if params is not None and (h.no_context(m) and (not params.root_port)):  # sro_all_sealed
            held.append((8, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(8)
    return held, (pdev, params)


def rmi_pdev_get_state(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_pdev_abort(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.idle:  # comm
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and (not found.idle):  # comm_unseen
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (found,)


def rmi_pdev_stop(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and (found.vdevs != 0 or found.state == v.PDEV_STOPPED):  # comm
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    if True:  # comm_other
        held.append((4, v.RMI_ERROR_DEVICE, None))
    return held, (found,)


def rmi_pdev_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.state not in (v.PDEV_STOPPED, v.DEVICE_UNSEEN):  # state
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and found.unseen:  # state_unseen
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (found,)


def rmi_pdev_communicate(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_pdev_set_pubkey(m: Rmm, x: Sequence[int]) -> Judged:
    pdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(pdev) == v.PDEV:  # pdev_state
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_pdev_stream_connect(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_pdev_stream_disconnect(m: Rmm, x: Sequence[int]) -> Judged:
    pdev_1 = x[0]
    pdev_2 = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(pdev_1) == v.PDEV or not m.gstate(pdev_2) == v.PDEV:  # pdev_states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    return held, ()


def rmi_pdev_stream_complete(m: Rmm, x: Sequence[int]) -> Judged:
    pdev_1 = x[0]
    pdev_2 = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(pdev_1) == v.PDEV or not m.gstate(pdev_2) == v.PDEV:  # pdev_states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    return held, ()


def rmi_pdev_stream_key_refresh(m: Rmm, x: Sequence[int]) -> Judged:
    pdev_1 = x[0]
    pdev_2 = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(pdev_1) == v.PDEV or not m.gstate(pdev_2) == v.PDEV:  # pdev_states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    return held, ()


def rmi_pdev_stream_key_purge(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    try:
        if m.traits.sequence:  # never
            held.append((0, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    return held, ()


def rmi_vdev_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    params_ptr = x[3]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    if not not rd & m.offset_mask or not not pdev & m.offset_mask or (not not vdev & m.offset_mask) or (not not params_ptr & m.offset_mask):  # align
        held.append((2, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV:  # states
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not realm.da):  # da_en
            held.append((4, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if not h.ns_page(m, params_ptr):  # params
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if not h.is_vdev(m, vdev):  # params_other
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        found = h.Pdev(m, pdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.state not in (v.PDEV_READY, v.DEVICE_UNSEEN):  # pdev
            held.append((7, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if not h.is_vdev(m, vdev):  # pdev_other
            held.append((8, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if not m.gstate(vdev) == v.DELEGATED:  # vdev_state
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    return held, (realm, found, vdev)


def rmi_vdev_get_state(m: Rmm, x: Sequence[int]) -> Judged:
    vdev = x[0]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(vdev) == v.VDEV:  # vdev_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_vdev_lock(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.rd != rd:  # realm
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and (found.pdev != pdev or found.state not in (v.VDEV_UNLOCKED, v.DEVICE_UNSEEN)):  # state
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if found is not None and found.unseen:  # state_unseen
            held.append((5, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (found,)


def rmi_vdev_start(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.rd != rd:  # realm
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and (found.pdev != pdev or found.state not in (v.VDEV_LOCKED, v.DEVICE_UNSEEN)):  # state
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if found is not None and found.unseen:  # state_unseen
            held.append((5, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (found,)


def rmi_vdev_unlock(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and (found.rd != rd or found.pdev != pdev or found.state not in (v.VDEV_LOCKED, v.VDEV_STARTED, v.VDEV_ERROR, v.DEVICE_UNSEEN)):  # state
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and found.unseen:  # state_unseen
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if h.device_mapped(m):  # mapped
            held.append((5, v.RMI_ERROR_GRANULE, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (found,)


def rmi_vdev_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and (found.rd != rd or found.pdev != pdev or found.state not in (v.VDEV_NEW, v.VDEV_UNLOCKED, v.DEVICE_UNSEEN)):  # state
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and found.unseen:  # state_unseen
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (found,)


def rmi_vdev_abort(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    try:
        if found is not None and (found.rd != rd or found.pdev != pdev or found.idle):  # comm
            held.append((3, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if found is not None and (not found.idle):  # comm_unseen
            held.append((4, v.RMI_ERROR_DEVICE, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (found,)


def rmi_vdev_complete(m: Rmm, x: Sequence[int]) -> Judged:
    rec = x[0]
    vdev = x[1]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_devices(m):  # feat
            held.append((1, v.RMI_ERROR_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rec) == v.REC or not m.gstate(vdev) == v.VDEV:  # states
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    if True:  # pending
        held.append((3, v.RMI_ERROR_INPUT, None))
    if True:  # comm
        held.append((4, v.RMI_ERROR_DEVICE, None))
    return held, ()


def rmi_vdev_communicate(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_vdev_get_measurements(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_vdev_get_interface_report(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    pdev = x[1]
    vdev = x[2]
    held: Rows = []
    try:
        if h.no_devices(m):  # feat_smc
            held.append((0, v.SMC_NOT_SUPPORTED, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(pdev) == v.PDEV or (not m.gstate(vdev) == v.VDEV):  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        found = h.Vdev(m, vdev)
    except m.doubt:
        found = m.open
    return held, (found,)


def rmi_vsmmu_create(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_map(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_unmap(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_psmmu_irq_notify(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_attest_plat_token_refresh(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_event_notify(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_dpt_l0_create(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_dpt_l0_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_dpt_l1_create(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_dpt_l1_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_psmmu_event_consume(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_arch_dev_map(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_arch_dev_unmap(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_features(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_cmd_get(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_vsmmu_cmd_complete(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_psmmu_info(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_pdev_stream_info(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_aux_prot_map(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_aux_prot_unmap(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_aux_unprot_map(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


def rmi_rtt_aux_unprot_unmap(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


COMMANDS = [
    Command(
        name="RMI_PSMMU_ACTIVATE",
        fid=0xC40001D7,
        inputs=("psmmu", "params_ptr"),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("psmmu", "not is_psmmu(psmmu)", "RMI_ERROR_INPUT", None, None, "there is no SMMU at this address"),
            Condition("params", "not ns_page(params_ptr) or not psmmu_params_valid(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not a page of the host that the RMM can read, or a flag is reserved"),
            Condition("params_other", "other_words(params_ptr)", "RMI_ERROR_INPUT", None, None, "parameters besides the flags, which are not in the facts", permits=True),
            Condition("state", "smmu.active", "RMI_ERROR_INPUT", None, None, "the SMMU is active already"),
            Condition("opening", "activation_open(psmmu)", "RMI_ERROR_INPUT", None, None, "an activation has not ended", permits=True),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psmmu_activate,
        effect="psmmu_activate",
        success=(
            "the SMMU is active when its tables and queues have their memory",
        ),
    ),
    Command(
        name="RMI_PSMMU_DEACTIVATE",
        fid=0xC40001D8,
        inputs=("psmmu",),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("psmmu", "not is_psmmu(psmmu)", "RMI_ERROR_INPUT", None, None, "there is no SMMU at this address"),
            Condition("state", "not smmu.active", "RMI_ERROR_INPUT", None, None, "the SMMU is not active"),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
            Condition("busy", "smmu.tables", "RMI_ERROR_INPUT", None, None, "the SMMU has second-level tables"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psmmu_deactivate,
        effect="psmmu_deactivate",
        success=(
            "the SMMU is inactive when its memory was taken back",
        ),
    ),
    Command(
        name="RMI_PSMMU_ST_L2_CREATE",
        fid=0xC40001DB,
        inputs=("psmmu", "sid"),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("psmmu", "not is_psmmu(psmmu)", "RMI_ERROR_INPUT", None, None, "there is no SMMU at this address"),
            Condition("sid", "sid >> 32", "RMI_ERROR_INPUT", None, None, "a StreamID has at most 32 bits"),
            Condition("sid_width", "sid >> 16", "RMI_ERROR_INPUT", None, None, "the SMMU may have fewer bits of StreamID", permits=True),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psmmu_st_l2_create,
        effect="psmmu_st_l2_create",
        success=(
            "the StreamID has a second-level table when its granule was donated",
        ),
    ),
    Command(
        name="RMI_PSMMU_ST_L2_DESTROY",
        fid=0xC40001DC,
        inputs=("psmmu", "sid"),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("psmmu", "not is_psmmu(psmmu)", "RMI_ERROR_INPUT", None, None, "there is no SMMU at this address"),
            Condition("sid", "sid not in smmu.tables", "RMI_ERROR_INPUT", None, None, "the StreamID has no second-level table"),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psmmu_st_l2_destroy,
        effect="psmmu_st_l2_destroy",
        success=(
            "the table's granule is DELEGATED when the operation has ended",
        ),
    ),
    Command(
        name="RMI_PDEV_CREATE",
        fid=0xC4000176,
        inputs=("pdev", "params_ptr"),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("align", "not granule_aligned(pdev) or not granule_aligned(params_ptr)", "RMI_ERROR_INPUT", None, None, "pdev or params_ptr is not aligned to a granule"),
            Condition("params", "not ns_page(params_ptr) or not pdev_params_valid(params_ptr)", "RMI_ERROR_INPUT", None, None, "the parameters cannot be read, or make no sense"),
            Condition("category", "not params.supported", "RMI_ERROR_NOT_SUPPORTED", None, None, "neither a root port nor an off-chip endpoint with SPDM"),
            Condition("platform", "not is_pdev(pdev)", "RMI_ERROR_INPUT", None, None, "the platform may have no such host bridge or device: the trace does not tell", permits=True),
            Condition("pdev_state", "not is_granule(pdev, DELEGATED)", "RMI_ERROR_INPUT", None, None, "pdev is not a delegated granule"),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context() and not params.root_port", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_create,
        effect="pdev_create",
        success=(
            "pdev is a NEW physical device when its memory is there",
        ),
    ),
    Command(
        name="RMI_PDEV_GET_STATE",
        fid=0xC4000178,
        inputs=("pdev",),
        outputs=("state",),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_get_state,
        effect="device_get_state",
        success=(
            "state is that of the device",
        ),
    ),
    Command(
        name="RMI_PDEV_ABORT",
        fid=0xC4000174,
        inputs=("pdev",),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
            Condition("comm", "found.idle", "RMI_ERROR_DEVICE", None, None, "nothing is going on that could be aborted"),
            Condition("comm_unseen", "not found.idle", "RMI_ERROR_DEVICE", None, None, "whether something is going on is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_abort,
        effect="device_abort",
        success=(
            "the device is idle",
        ),
    ),
    Command(
        name="RMI_PDEV_STOP",
        fid=0xC400017C,
        inputs=("pdev",),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
            Condition("comm", "found.vdevs != 0 or found.state == PDEV_STOPPED", "RMI_ERROR_DEVICE", None, None, "the device is stopped, or has virtual devices"),
            Condition("comm_other", "True", "RMI_ERROR_DEVICE", None, None, "the device may be busy or have streams, which the model does not follow", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_stop,
        effect="device_talk",
        success=(
            "the device is being stopped",
        ),
    ),
    Command(
        name="RMI_PDEV_DESTROY",
        fid=0xC4000177,
        inputs=("pdev",),
        outputs=("handle", "request"),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
            Condition("state", "found.state not in (PDEV_STOPPED, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "the device is not stopped"),
            Condition("state_unseen", "found.unseen", "RMI_ERROR_DEVICE", None, None, "the state is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_destroy,
        effect="pdev_destroy",
        success=(
            "pdev is a DELEGATED granule when its memory was taken back",
        ),
    ),
    Command(
        name="RMI_PDEV_COMMUNICATE",
        fid=0xC4000175,
        inputs=("pdev", "data"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_communicate,
        effect="device_communicate",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_PDEV_SET_PUBKEY",
        fid=0xC400017B,
        inputs=("pdev", "params_ptr"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("pdev_state", "not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev is no physical device"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_set_pubkey,
        effect="device_communicate",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_PDEV_STREAM_CONNECT",
        fid=0xC4000204,
        inputs=("params_ptr",),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_pdev_stream_connect,
        effect="",
        success=(),
    ),
    Command(
        name="RMI_PDEV_STREAM_DISCONNECT",
        fid=0xC4000205,
        inputs=("pdev_1", "pdev_2", "stream"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("pdev_states", "not is_granule(pdev_1, PDEV) or not is_granule(pdev_2, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev_1 or pdev_2 is no physical device"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_stream_disconnect,
        effect="device_not_followed",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_PDEV_STREAM_COMPLETE",
        fid=0xC4000206,
        inputs=("pdev_1", "pdev_2", "stream"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("pdev_states", "not is_granule(pdev_1, PDEV) or not is_granule(pdev_2, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev_1 or pdev_2 is no physical device"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_stream_complete,
        effect="device_not_followed",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_PDEV_STREAM_KEY_REFRESH",
        fid=0xC400017A,
        inputs=("pdev_1", "pdev_2", "stream"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("pdev_states", "not is_granule(pdev_1, PDEV) or not is_granule(pdev_2, PDEV)", "RMI_ERROR_INPUT", None, None, "pdev_1 or pdev_2 is no physical device"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_pdev_stream_key_refresh,
        effect="device_not_followed",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_PDEV_STREAM_KEY_PURGE",
        fid=0xC4000207,
        inputs=("pdev_1", "pdev_2", "stream"),
        outputs=(),
        conditions=(
            Condition("never", "impl.sequence", "RMI_ERROR_NOT_SUPPORTED", None, None, "the reference does not implement it"),
        ),
        before=(0x0,),
        sequence=True,
        gate="active",
        judge=rmi_pdev_stream_key_purge,
        effect="device_not_followed",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_VDEV_CREATE",
        fid=0xC4000187,
        inputs=("rd", "pdev", "vdev", "params_ptr"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("align", "not granule_aligned(rd) or not granule_aligned(pdev) or not granule_aligned(vdev) or not granule_aligned(params_ptr)", "RMI_ERROR_INPUT", None, None, "an address is not aligned to a granule"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or pdev no physical device"),
            Condition("da_en", "not realm.da", "RMI_ERROR_REALM", "0", None, "the realm has no devices assigned"),
            Condition("params", "not ns_page(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not a page of the host that the RMM can read"),
            Condition("params_other", "not is_vdev(vdev)", "RMI_ERROR_INPUT", None, None, "what else the parameters must be is not in the facts", permits=True),
            Condition("pdev", "found.state not in (PDEV_READY, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "the physical device is not ready"),
            Condition("pdev_other", "not is_vdev(vdev)", "RMI_ERROR_DEVICE", None, None, "the physical device may not suit: its category, its streams", permits=True),
            Condition("vdev_state", "not is_granule(vdev, DELEGATED)", "RMI_ERROR_INPUT", None, None, "vdev is not a delegated granule"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_create,
        effect="vdev_create",
        success=(
            "vdev is a NEW virtual device of the realm",
        ),
    ),
    Command(
        name="RMI_VDEV_GET_STATE",
        fid=0xC4000189,
        inputs=("vdev",),
        outputs=("state",),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("vdev_state", "not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "vdev is no virtual device"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_get_state,
        effect="device_get_state",
        success=(
            "state is that of the device",
        ),
    ),
    Command(
        name="RMI_VDEV_LOCK",
        fid=0xC40001D2,
        inputs=("rd", "pdev", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
            Condition("realm", "found.rd != rd", "RMI_ERROR_INPUT", None, None, "the virtual device belongs to another realm"),
            Condition("state", "found.pdev != pdev or found.state not in (VDEV_UNLOCKED, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "vdev is of another physical device, or not UNLOCKED"),
            Condition("state_unseen", "found.unseen", "RMI_ERROR_DEVICE", None, None, "the state is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_lock,
        effect="device_talk",
        success=(
            "the virtual device is being locked",
        ),
    ),
    Command(
        name="RMI_VDEV_START",
        fid=0xC40001D3,
        inputs=("rd", "pdev", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
            Condition("realm", "found.rd != rd", "RMI_ERROR_INPUT", None, None, "the virtual device belongs to another realm"),
            Condition("state", "found.pdev != pdev or found.state not in (VDEV_LOCKED, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "vdev is of another physical device, or not LOCKED"),
            Condition("state_unseen", "found.unseen", "RMI_ERROR_DEVICE", None, None, "the state is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_start,
        effect="device_talk",
        success=(
            "the virtual device is being started",
        ),
    ),
    Command(
        name="RMI_VDEV_UNLOCK",
        fid=0xC400018A,
        inputs=("rd", "pdev", "vdev"),
        outputs=("addr",),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
            Condition("state", "found.rd != rd or found.pdev != pdev or found.state not in (VDEV_LOCKED, VDEV_STARTED, VDEV_ERROR, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "vdev is of another realm or physical device, or not locked"),
            Condition("state_unseen", "found.unseen", "RMI_ERROR_DEVICE", None, None, "the state is up to the device", permits=True),
            Condition("mapped", "device_mapped()", "RMI_ERROR_GRANULE", None, None, "memory of the device is still mapped; which is its own is not followed", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_unlock,
        effect="device_talk",
        success=(
            "the virtual device is being unlocked",
        ),
    ),
    Command(
        name="RMI_VDEV_DESTROY",
        fid=0xC4000188,
        inputs=("rd", "pdev", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
            Condition("state", "found.rd != rd or found.pdev != pdev or found.state not in (VDEV_NEW, VDEV_UNLOCKED, DEVICE_UNSEEN)", "RMI_ERROR_DEVICE", None, None, "vdev is of another realm or physical device, or locked"),
            Condition("state_unseen", "found.unseen", "RMI_ERROR_DEVICE", None, None, "the state is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_destroy,
        effect="vdev_destroy",
        success=(
            "vdev is a DELEGATED granule",
        ),
    ),
    Command(
        name="RMI_VDEV_ABORT",
        fid=0xC4000185,
        inputs=("rd", "pdev", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
            Condition("comm", "found.rd != rd or found.pdev != pdev or found.idle", "RMI_ERROR_DEVICE", None, None, "vdev is of another realm or physical device, or nothing is going on"),
            Condition("comm_unseen", "not found.idle", "RMI_ERROR_DEVICE", None, None, "whether something is going on is up to the device", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_abort,
        effect="device_abort",
        success=(
            "the virtual device is in ERROR, and idle",
        ),
    ),
    Command(
        name="RMI_VDEV_COMPLETE",
        fid=0xC400018E,
        inputs=("rec", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("feat", "no_devices()", "RMI_ERROR_NOT_SUPPORTED", None, None, "the RMM does not assign devices"),
            Condition("states", "not is_granule(rec, REC) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rec is no REC, or vdev no virtual device"),
            Condition("pending", "True", "RMI_ERROR_INPUT", None, None, "whether the REC asked for a device is not followed", permits=True),
            Condition("comm", "True", "RMI_ERROR_DEVICE", None, None, "whether the device is busy is not followed", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_complete,
        effect="vdev_complete",
        success=(
            "the REC's request is answered",
        ),
    ),
    Command(
        name="RMI_VDEV_COMMUNICATE",
        fid=0xC4000186,
        inputs=("rd", "pdev", "vdev", "data"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_communicate,
        effect="device_communicate",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_VDEV_GET_MEASUREMENTS",
        fid=0xC40001D1,
        inputs=("rd", "pdev", "vdev", "params_ptr"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_get_measurements,
        effect="device_communicate",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_VDEV_GET_INTERFACE_REPORT",
        fid=0xC40001D0,
        inputs=("rd", "pdev", "vdev"),
        outputs=(),
        conditions=(
            Condition("feat_smc", "no_devices()", "SMC_NOT_SUPPORTED", None, None, "without device assignment an RMM need not have the command", permits=True),
            Condition("states", "not is_granule(rd, RD) or not is_granule(pdev, PDEV) or not is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "rd, pdev or vdev is not what it should be"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_vdev_get_interface_report,
        effect="device_communicate",
        success=(),
        any_status=True,
    ),
    Command(
        name="RMI_VSMMU_CREATE",
        fid=0xC400016A,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_create,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_DESTROY",
        fid=0xC400016B,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_destroy,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_MAP",
        fid=0xC400016C,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_map,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_UNMAP",
        fid=0xC400016D,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_unmap,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_PSMMU_IRQ_NOTIFY",
        fid=0xC400016F,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_psmmu_irq_notify,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_ATTEST_PLAT_TOKEN_REFRESH",
        fid=0xC4000170,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_attest_plat_token_refresh,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_EVENT_NOTIFY",
        fid=0xC40001D6,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_event_notify,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_DPT_L0_CREATE",
        fid=0xC40001DD,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_dpt_l0_create,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_DPT_L0_DESTROY",
        fid=0xC40001DE,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_dpt_l0_destroy,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_DPT_L1_CREATE",
        fid=0xC40001DF,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_dpt_l1_create,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_DPT_L1_DESTROY",
        fid=0xC40001E0,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_dpt_l1_destroy,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_PSMMU_EVENT_CONSUME",
        fid=0xC40001F0,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_psmmu_event_consume,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_ARCH_DEV_MAP",
        fid=0xC40001F9,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_arch_dev_map,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_ARCH_DEV_UNMAP",
        fid=0xC40001FA,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_arch_dev_unmap,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_FEATURES",
        fid=0xC400020B,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_features,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_CMD_GET",
        fid=0xC400020C,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_cmd_get,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_VSMMU_CMD_COMPLETE",
        fid=0xC400020D,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_vsmmu_cmd_complete,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_PSMMU_INFO",
        fid=0xC400020E,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_psmmu_info,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_PDEV_STREAM_INFO",
        fid=0xC4000210,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_pdev_stream_info,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_PROT_MAP",
        fid=0xC40001FD,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_aux_prot_map,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_PROT_UNMAP",
        fid=0xC40001FE,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_aux_prot_unmap,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_UNPROT_MAP",
        fid=0xC40001FF,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_aux_unprot_map,
        effect="",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_UNPROT_UNMAP",
        fid=0xC4000200,
        inputs=(),
        outputs=(),
        conditions=(),
        before=(),
        sequence=False,
        gate="active",
        judge=rmi_rtt_aux_unprot_unmap,
        effect="",
        success=(),
        optional=True,
    ),
]

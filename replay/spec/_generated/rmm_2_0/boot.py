"""Generated from rmm-2.0/boot.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_version(m: Rmm, x: Sequence[int]) -> Judged:
    req = x[0]
    held: Rows = []
    try:
        if m.traits.revisions and req not in m.traits.revisions:  # version
            if (g0 := m.traits.revisions):
                held.append((0, v.RMI_ERROR_INPUT, ((1, h.lower_revision(m, req)), (2, max(g0)))))
    except m.doubt:
        m.doubted.append(0)
    return held, (req,)


def rmi_features(m: Rmm, x: Sequence[int]) -> Judged:
    index = x[0]
    held: Rows = []
    return held, (index,)


def rmi_rmm_config_get(m: Rmm, x: Sequence[int]) -> Judged:
    config_ptr = x[0]
    held: Rows = []
    if config_ptr == 0 or not not config_ptr & m.offset_mask:  # ptr_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(config_ptr) == v.UNDELEGATED:  # ptr_ns
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if h.faults(m, config_ptr):  # ptr_gpf
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (config_ptr,)


def rmi_rmm_config_set(m: Rmm, x: Sequence[int]) -> Judged:
    config_ptr = x[0]
    held: Rows = []
    try:
        if h.rmm_state(m) != v.RMM_INIT:  # rmm_state
            held.append((0, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(0)
    if config_ptr == 0 or not not config_ptr & m.offset_mask:  # ptr_align
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(config_ptr) == v.UNDELEGATED:  # ptr_ns
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if h.faults(m, config_ptr):  # ptr_gpf
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        config = h.RmmConfig(m, config_ptr)
    except m.doubt:
        config = m.open
    try:
        if config is not None and (m.traits.sequence and (config.granule_size != 0 or config.tracking_region_size != 0)):  # value
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if config is not None and (config.granule_size != 0 or config.tracking_region_size != 0):  # value_other
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (config_ptr,)


def rmi_rmm_activate(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    try:
        if h.rmm_state(m) != v.RMM_INIT:  # rmm_state
            held.append((0, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(0)
    return held, ()


def rmi_rmm_deactivate(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    try:
        if h.rmm_state(m) != v.RMM_ACTIVE:  # rmm_state
            held.append((0, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.operations_open(m):  # sro_idle
            held.append((1, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if h.delegated_memory(m):  # in_use
            held.append((2, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(2)
    return held, ()


def rmi_rmm_state_get(m: Rmm, x: Sequence[int]) -> Judged:
    held: Rows = []
    return held, ()


COMMANDS = [
    Command(
        name="RMI_VERSION",
        fid=0xC4000150,
        inputs=("req",),
        outputs=("lower", "higher"),
        conditions=(
            Condition("version", "impl.revisions and req not in impl.revisions", "RMI_ERROR_INPUT", None, "lower == lower_revision(req), higher == max(impl.revisions)", "the RMM does not implement the revision asked for"),
        ),
        before=(0x0,),
        sequence=True,
        gate="any",
        judge=rmi_version,
        effect="version",
        success=(
            "lower and higher are revisions that the RMM implements; lower is the one asked for",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_FEATURES",
        fid=0xC4000165,
        inputs=("index",),
        outputs=("value",),
        conditions=(),
        before=(),
        sequence=False,
        gate="any",
        judge=rmi_features,
        effect="features",
        success=(
            "value is the feature register; 0 for one that does not exist",
        ),
    ),
    Command(
        name="RMI_RMM_CONFIG_GET",
        fid=0xC40001EC,
        inputs=("config_ptr",),
        outputs=(),
        conditions=(
            Condition("ptr_align", "config_ptr == 0 or not granule_aligned(config_ptr)", "RMI_ERROR_INPUT", None, None, "config_ptr is 0 or not aligned to a granule"),
            Condition("ptr_ns", "not is_granule(config_ptr, UNDELEGATED)", "RMI_ERROR_INPUT", None, None, "config_ptr is not memory of the host"),
            Condition("ptr_gpf", "faults(config_ptr)", "RMI_ERROR_INPUT", None, None, "the host's page cannot be written: it is in another physical address space"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="any",
        judge=rmi_rmm_config_get,
        effect="config_get",
        success=(
            "the page at config_ptr holds the configuration",
        ),
    ),
    Command(
        name="RMI_RMM_CONFIG_SET",
        fid=0xC400016E,
        inputs=("config_ptr",),
        outputs=(),
        conditions=(
            Condition("rmm_state", "rmm_state() != RMM_INIT", "RMI_ERROR_GLOBAL", None, None, "the RMM is active already"),
            Condition("ptr_align", "config_ptr == 0 or not granule_aligned(config_ptr)", "RMI_ERROR_INPUT", None, None, "config_ptr is 0 or not aligned to a granule"),
            Condition("ptr_ns", "not is_granule(config_ptr, UNDELEGATED)", "RMI_ERROR_INPUT", None, None, "config_ptr is not memory of the host"),
            Condition("ptr_gpf", "faults(config_ptr)", "RMI_ERROR_INPUT", None, None, "the host's page cannot be read: it is in another physical address space"),
            Condition("value", "impl.sequence and (config.granule_size != 0 or config.tracking_region_size != 0)", "RMI_ERROR_INPUT", None, None, "the granule size is not 4 KiB, or the tracking region not 1 GiB"),
            Condition("value_other", "config.granule_size != 0 or config.tracking_region_size != 0", "RMI_ERROR_INPUT", None, None, "an implementation need not offer this granule or tracking region size", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="init",
        judge=rmi_rmm_config_set,
        effect="config_set",
        success=(
            "the configuration holds from activation on",
        ),
    ),
    Command(
        name="RMI_RMM_ACTIVATE",
        fid=0xC4000202,
        inputs=(),
        outputs=("handle", "request"),
        conditions=(
            Condition("rmm_state", "rmm_state() != RMM_INIT", "RMI_ERROR_GLOBAL", None, None, "the RMM is active already"),
        ),
        before=(0x0,),
        sequence=True,
        gate="init",
        judge=rmi_rmm_activate,
        effect="rmm_activate",
        success=(
            "the RMM is active",
        ),
    ),
    Command(
        name="RMI_RMM_DEACTIVATE",
        fid=0xC400020F,
        inputs=(),
        outputs=(),
        conditions=(
            Condition("rmm_state", "rmm_state() != RMM_ACTIVE", "RMI_ERROR_GLOBAL", None, None, "the RMM is not active"),
            Condition("sro_idle", "operations_open()", "RMI_BUSY", None, None, "a stateful operation has not ended"),
            Condition("in_use", "delegated_memory()", "RMI_ERROR_GLOBAL", None, None, "a granule is not undelegated yet"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rmm_deactivate,
        effect="rmm_deactivate",
        success=(
            "the RMM can be configured and activated anew",
        ),
        optional=True,
    ),
    Command(
        name="RMI_RMM_STATE_GET",
        fid=0xC40001EE,
        inputs=(),
        outputs=("state",),
        conditions=(),
        before=(),
        sequence=False,
        gate="any",
        judge=rmi_rmm_state_get,
        effect="rmm_state_get",
        success=(
            "state says whether the RMM is active",
        ),
        optional=True,
    ),
]

"""The numbers of the RMI and of the model, and their names.

Statuses, states and RIPAS values are those of the ABI (RMM 1.0 section C, RMM
2.0 as the facts have it); the granule states are the model's own numbering,
because a map of granules keeps one byte each.  Plain integers: they are
compared several times a call.
"""

from __future__ import annotations

from typing import Final

MASK64: Final = (1 << 64) - 1
ANY: Final = -1  # in the place of an output that may be anything

# --- Result word X0: status in bits 7:0, index (or data) in bits 15:8 ---------
RMI_SUCCESS: Final = 0
RMI_ERROR_INPUT: Final = 1
RMI_ERROR_REALM: Final = 2
RMI_ERROR_REC: Final = 3
RMI_ERROR_RTT: Final = 4
RMI_ERROR_NOT_SUPPORTED: Final = 5
RMI_ERROR_DEVICE: Final = 6
RMI_ERROR_RTT_AUX: Final = 7
RMI_ERROR_PSMMU_ST: Final = 8
RMI_ERROR_DPT: Final = 9
RMI_BUSY: Final = 10
RMI_ERROR_GLOBAL: Final = 11
RMI_ERROR_TRACKING: Final = 12
RMI_INCOMPLETE: Final = 13
RMI_BLOCKED: Final = 14
RMI_ERROR_GPT: Final = 15
RMI_ERROR_GRANULE: Final = 16

STATUS_NAME: Final = {
    RMI_SUCCESS: "SUCCESS",
    RMI_ERROR_INPUT: "ERROR_INPUT",
    RMI_ERROR_REALM: "ERROR_REALM",
    RMI_ERROR_REC: "ERROR_REC",
    RMI_ERROR_RTT: "ERROR_RTT",
    RMI_ERROR_NOT_SUPPORTED: "ERROR_NOT_SUPPORTED",
    RMI_ERROR_DEVICE: "ERROR_DEVICE",
    RMI_ERROR_RTT_AUX: "ERROR_RTT_AUX",
    RMI_ERROR_PSMMU_ST: "ERROR_PSMMU_ST",
    RMI_ERROR_DPT: "ERROR_DPT",
    RMI_BUSY: "BUSY",
    RMI_ERROR_GLOBAL: "ERROR_GLOBAL",
    RMI_ERROR_TRACKING: "ERROR_TRACKING",
    RMI_INCOMPLETE: "INCOMPLETE",
    RMI_BLOCKED: "BLOCKED",
    RMI_ERROR_GPT: "ERROR_GPT",
    RMI_ERROR_GRANULE: "ERROR_GRANULE",
}
NOT_SUPPORTED: Final = MASK64  # X0 = -1: no such function (SMCCC)
SMC_NOT_SUPPORTED: Final = NOT_SUPPORTED  # as a table says it

# INCOMPLETE: what the host must do next (bits 9:8), and whether it may cancel (bit 10).
MEM_NONE: Final = 0
MEM_DONATE: Final = 1
MEM_RECLAIM: Final = 2

# --- Granules ----------------------------------------------------------------
UNDELEGATED: Final = 0
DELEGATED: Final = 1
RD: Final = 2
REC: Final = 3
REC_AUX: Final = 4
RTT: Final = 5
DATA: Final = 6
PARTIAL: Final = 7
PDEV: Final = 8
PDEV_AUX: Final = 9
VDEV: Final = 10
VDEV_AUX: Final = 11
INTERNAL: Final = 12
PSMMU_ST_L2: Final = 13
MAPPED: Final = 14  # a device granule in a realm's RTT

GRANULE_NAME: Final = (
    "UNDELEGATED",
    "DELEGATED",
    "RD",
    "REC",
    "REC_AUX",
    "RTT",
    "DATA",
    "PARTIAL",
    "PDEV",
    "PDEV_AUX",
    "VDEV",
    "VDEV_AUX",
    "INTERNAL",
    "PSMMU_ST_L2",
    "MAPPED",
)

# Physical address space of a granule.  A delegated or used granule is in the Realm's.
GPT_NS: Final = 0
GPT_REALM: Final = 1
GPT_SECURE: Final = 2
GPT_ROOT: Final = 3
GPT_AAP: Final = 4
PAS_OF_NAME: Final = {"NS": GPT_NS, "SECURE": GPT_SECURE, "ROOT": GPT_ROOT, "AAP": GPT_AAP}

# --- Realms and RECs ---------------------------------------------------------
REALM_NEW: Final = 0
REALM_ACTIVE: Final = 1
REALM_SYSTEM_OFF: Final = 2
REALM_ZOMBIE: Final = 3
REALM_STATE_NAME: Final = ("NEW", "ACTIVE", "SYSTEM_OFF", "ZOMBIE")

REC_READY: Final = 0
REC_RUNNING: Final = 1

# --- RTT entries (HIPAS as the model keeps it) and RIPAS ----------------------
UNASSIGNED: Final = 0
ASSIGNED: Final = 1
TABLE: Final = 2
ASSIGNED_DEV: Final = 3
UNASSIGNED_NS: Final = 4
ASSIGNED_NS: Final = 5
# What RTT_AUX_MAP_PROTECTED answers as the state of an entry whose table was destroyed.
AUX_DESTROYED: Final = 5
HIPAS_NAME: Final = (
    "UNASSIGNED",
    "ASSIGNED",
    "TABLE",
    "ASSIGNED_DEV",
    "UNASSIGNED_NS",
    "ASSIGNED_NS",
)

EMPTY: Final = 0
RAM: Final = 1
DESTROYED: Final = 2
DEV: Final = 3
RIPAS_NAME: Final = ("EMPTY", "RAM", "DESTROYED", "DEV")

# --- REC exits ---------------------------------------------------------------
EXIT_SYNC: Final = 0
EXIT_IRQ: Final = 1
EXIT_FIQ: Final = 2
EXIT_PSCI: Final = 3
EXIT_RIPAS_CHANGE: Final = 4
EXIT_HOST_CALL: Final = 5
EXIT_SERROR: Final = 6
EXIT_S2AP_CHANGE: Final = 7
EXIT_DEV_MEM_MAP: Final = 9

# --- Memory as the RMM tracks it (2.0) ------------------------------------------
MEM_CONVENTIONAL: Final = 0
MEM_DEV_NCOH: Final = 1
MEM_DEV_COH: Final = 2
MEM_NO_CATEGORY: Final = 3  # bet3: there is no memory
TRACKING_RESERVED: Final = 0
TRACKING_NONE: Final = 1
TRACKING_FINE: Final = 2
TRACKING_COARSE: Final = 3
TRACKING_INTERMEDIATE: Final = 4  # bet3: a change has not ended

# --- Devices (2.0) ------------------------------------------------------------
PDEV_NEW: Final = 0
PDEV_NEEDS_KEY: Final = 1
PDEV_HAS_KEY: Final = 2
PDEV_READY: Final = 3
PDEV_STOPPED: Final = 4
PDEV_ERROR: Final = 5
VDEV_NEW: Final = 0
VDEV_UNLOCKED: Final = 1
VDEV_LOCKED: Final = 2
VDEV_STARTED: Final = 3
VDEV_ERROR: Final = 4
DEVICE_UNSEEN: Final = -1  # the model does not know it: the device decided

# --- RMM state (2.0) ---------------------------------------------------------
RMM_INIT: Final = 0
RMM_ACTIVE: Final = 1
RMM_STATE_NAME: Final = ("INIT", "ACTIVE")


def signed(value: int) -> int:
    """A register read as Int64."""
    return value - (1 << 64) if value >> 63 else value


def result(status: int, index: int = 0) -> int:
    """X0 of a status and its index; a level of -1 is encoded 0xff."""
    return status | (index & 0xFF) << 8


def result_name(x0: int) -> str:
    """X0 as a report prints it: `SUCCESS`, `ERROR_RTT/2`, `INCOMPLETE(donate)`, `-1`."""
    if x0 == NOT_SUPPORTED:
        return "-1 (not supported)"
    status, data = x0 & 0xFF, x0 >> 8
    name = STATUS_NAME.get(status)
    if name is None or x0 >> 16:
        return f"{x0:#x}"
    if status == RMI_INCOMPLETE:
        wants = ("", "donate", "reclaim", "?")[data & 3]
        inside = ", ".join(w for w in (wants, "cancel" if data & 4 else "") if w)
        return f"{name}({inside})" if inside else name
    if status in (RMI_ERROR_RTT, RMI_ERROR_RTT_AUX):
        return f"{name}/{-1 if data == 0xFF else data}"
    return f"{name}/{data}" if data else name

"""The commands of the RMI: names, numbers, registers.

The same as in the tables that replay judges traces by (a test compares them);
here as text, because a linter that is started once a patch has no time to load
those.  Of 2.0 there are several betas: what any of them has is listed.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Command(NamedTuple):
    """`major` is "1" or "2".  `inputs` and `outputs` name X1.. , None where they vary."""

    major: str
    number: int  # of the function identifier 0xC4000000 | number
    name: str  # without RMI_
    inputs: tuple[str, ...] | None
    outputs: tuple[str, ...] | None


# major, number, name: inputs > outputs
_TABLE: Final = """
1 0x150 VERSION: req > lower higher
1 0x151 GRANULE_DELEGATE: addr > -
1 0x152 GRANULE_UNDELEGATE: addr > -
1 0x153 DATA_CREATE: rd data ipa src flags > -
1 0x154 DATA_CREATE_UNKNOWN: rd data ipa > -
1 0x155 DATA_DESTROY: rd ipa > data top
1 0x157 REALM_ACTIVATE: rd > -
1 0x158 REALM_CREATE: rd params_ptr > -
1 0x159 REALM_DESTROY: rd > -
1 0x15a REC_CREATE: rd rec params_ptr > -
1 0x15b REC_DESTROY: rec_ptr > -
1 0x15c REC_ENTER: rec run_ptr > -
1 0x15d RTT_CREATE: rd rtt ipa level > -
1 0x15e RTT_DESTROY: rd ipa level > rtt top
1 0x15f RTT_MAP_UNPROTECTED: rd ipa level desc > -
1 0x161 RTT_READ_ENTRY: rd ipa level > walk_level state desc ripas
1 0x162 RTT_UNMAP_UNPROTECTED: rd ipa level > top
1 0x164 PSCI_COMPLETE: calling_rec target_rec status > -
1 0x165 FEATURES: index > value
1 0x166 RTT_FOLD: rd ipa level > rtt
1 0x167 REC_AUX_COUNT: rd > aux_count
1 0x168 RTT_INIT_RIPAS: rd base top > out_top
1 0x169 RTT_SET_RIPAS: rd rec_ptr base top > out_top
2 0x150 VERSION: req > lower higher
2 0x153 RTT_DATA_MAP_INIT: rd data ipa src flags > -
2 0x157 REALM_ACTIVATE: rd > -
2 0x158 REALM_CREATE: rd params_ptr > handle request
2 0x159 REALM_DESTROY: rd > handle request
2 0x15a REC_CREATE: rd rec params_ptr > handle request
2 0x15b REC_DESTROY: rec > handle request
2 0x15c REC_ENTER: rec run_ptr > -
2 0x15d RTT_CREATE: rd rtt ipa level > -
2 0x15e RTT_DESTROY: rd ipa level > rtt top
2 0x161 RTT_READ_ENTRY: rd ipa level > walk_level state desc ripas
2 0x163 RTT_DEV_VALIDATE
2 0x164 PSCI_COMPLETE: calling_rec target_rec status > -
2 0x164 PSCI_COMPLETE: calling_rec status > -
2 0x165 FEATURES: index > value
2 0x166 RTT_FOLD: rd ipa level > rtt
2 0x168 RTT_INIT_RIPAS: rd base top > out_top
2 0x169 RTT_SET_RIPAS: rd rec_ptr base top > out_top
2 0x16a VSMMU_CREATE
2 0x16b VSMMU_DESTROY
2 0x16c VSMMU_MAP
2 0x16d VSMMU_UNMAP
2 0x16e RMM_CONFIG_SET: config_ptr > -
2 0x16f PSMMU_IRQ_NOTIFY
2 0x170 ATTEST_PLAT_TOKEN_REFRESH
2 0x174 PDEV_ABORT
2 0x175 PDEV_COMMUNICATE
2 0x176 PDEV_CREATE
2 0x177 PDEV_DESTROY
2 0x178 PDEV_GET_STATE
2 0x17a PDEV_STREAM_KEY_REFRESH
2 0x17b PDEV_SET_PUBKEY
2 0x17c PDEV_STOP
2 0x17d RTT_AUX_CREATE
2 0x17e RTT_AUX_DESTROY
2 0x17f RTT_AUX_FOLD
2 0x180 RTT_AUX_MAP_PROTECTED
2 0x181 RTT_AUX_MAP_UNPROTECTED
2 0x183 RTT_AUX_UNMAP_PROTECTED
2 0x184 RTT_AUX_UNMAP_UNPROTECTED
2 0x185 VDEV_ABORT
2 0x186 VDEV_COMMUNICATE
2 0x187 VDEV_CREATE
2 0x188 VDEV_DESTROY
2 0x189 VDEV_GET_STATE
2 0x18a VDEV_UNLOCK
2 0x18b RTT_SET_S2AP
2 0x18e VDEV_COMPLETE
2 0x1d0 VDEV_GET_INTERFACE_REPORT
2 0x1d1 VDEV_GET_MEASUREMENTS
2 0x1d2 VDEV_LOCK
2 0x1d3 VDEV_START
2 0x1d4 VDEV_P2P_BIND
2 0x1d5 VDEV_P2P_UNBIND
2 0x1d6 VSMMU_EVENT_NOTIFY
2 0x1d6 VSMMU_EVENT_HANDLE
2 0x1d7 PSMMU_ACTIVATE
2 0x1d8 PSMMU_DEACTIVATE
2 0x1db PSMMU_ST_L2_CREATE
2 0x1dc PSMMU_ST_L2_DESTROY
2 0x1dd DPT_L0_CREATE
2 0x1de DPT_L0_DESTROY
2 0x1df DPT_L1_CREATE
2 0x1e0 DPT_L1_DESTROY
2 0x1e1 GRANULE_TRACKING_GET: addr > category state
2 0x1e1 GRANULE_TRACKING_GET: base top > category state next
2 0x1e3 GRANULE_TRACKING_SET: addr category state > handle request
2 0x1e4 CMEM_ADD_PDEV
2 0x1e5 CMEM_CREATE
2 0x1e6 CMEM_DESTROY
2 0x1e7 CMEM_POPULATE
2 0x1e8 CMEM_REMOTE_PDEV
2 0x1e9 CMEM_START
2 0x1ea CMEM_STOP
2 0x1eb CMEM_UNPOPULATE
2 0x1ec RMM_CONFIG_GET: config_ptr > -
2 0x1ed PDEV_MEC_UPDATE
2 0x1ee RMM_STATE_GET
2 0x1ee VSMMU_EVENT_COMPLETE
2 0x1f0 PSMMU_EVENT_CONSUME
2 0x1f0 PSMMU_EVENT_DISCARD
2 0x1f1 GRANULE_RANGE_DELEGATE: base top > next
2 0x1f2 GRANULE_RANGE_UNDELEGATE: base top > next
2 0x1f3 GPT_L1_CREATE: addr > -
2 0x1f4 GPT_L1_DESTROY: addr > -
2 0x1f5 RTT_DATA_MAP: rd base top flags oaddr > out_top
2 0x1f6 RTT_DATA_UNMAP: rd base top flags oaddr > out_top range count
2 0x1f7 RTT_DEV_MAP
2 0x1f8 RTT_DEV_UNMAP
2 0x1f9 RTT_ARCH_DEV_MAP
2 0x1fa RTT_ARCH_DEV_UNMAP
2 0x1fb RTT_UNPROT_MAP: rd base top flags oaddr > out_top
2 0x1fc RTT_UNPROT_UNMAP: rd base top flags oaddr > out_top range count
2 0x1fd RTT_AUX_PROT_MAP
2 0x1fe RTT_AUX_PROT_UNMAP
2 0x1ff RTT_AUX_UNPROT_MAP
2 0x200 RTT_AUX_UNPROT_UNMAP
2 0x201 REALM_TERMINATE: rd > handle request
2 0x202 RMM_ACTIVATE: - > handle request
2 0x203 OP_CONTINUE: handle flags > value request
2 0x204 PDEV_STREAM_CONNECT
2 0x205 PDEV_STREAM_DISCONNECT
2 0x206 PDEV_STREAM_COMPLETE
2 0x207 PDEV_STREAM_KEY_PURGE
2 0x208 OP_MEM_DONATE: handle list count > consumed request
2 0x209 OP_MEM_RECLAIM: handle list count > written
2 0x20a OP_CANCEL: handle > value
2 0x20b VSMMU_FEATURES
2 0x20b PDEV_SET_PROT
2 0x20c VSMMU_CMD_GET
2 0x20d VSMMU_CMD_COMPLETE
2 0x20e PSMMU_INFO
2 0x20f RMM_DEACTIVATE
2 0x210 PDEV_STREAM_INFO
2 0x211 GPT_INFO: base top > next state
"""

_known: list[Command] = []


def commands() -> list[Command]:
    """Every command of every version that is known; variants follow one another."""
    if not _known:
        _known.extend(_read(line) for line in _TABLE.split("\n") if line)
    return _known


def _read(line: str) -> Command:
    head, _, registers = line.partition(": ")
    major, number, name = head.split()
    if not registers:
        return Command(major, int(number, 16), name, None, None)
    inputs, outputs = (tuple(part.replace("-", "").split()) for part in registers.split(">"))
    return Command(major, int(number, 16), name, inputs, outputs)

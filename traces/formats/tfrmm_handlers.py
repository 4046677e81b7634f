"""What the console of TF-RMM prints of which command.

From the handler table and `rmi_log_on_exit` of runtime/core/handler.c (TF-RMM, BSD-3-Clause)
in several versions, trees of 1.0 and of 2.0-bet0; what is said of the latter's newest
commands is from reading (trace-sources.md 5.1, tf-rmm-behaviour.md 6).  The versions differ
in what they print: here stands the *least* that any of them does, so that a call which is
missing from a log is never taken for one that was not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from traces.event import Omission

if TYPE_CHECKING:
    from traces.event import Rmi

SUCCESS: Final = 0
ERROR_RTT: Final = 4
ERROR_GLOBAL: Final = 11
INCOMPLETE: Final = 13
UNKNOWN_FUNCTION: Final = (1 << 64) - 1  # X0 = -1

# The low byte of X0, by name.  ERROR_IN_USE is from before 1.0.
STATUS: Final = {
    "SUCCESS": SUCCESS,
    "ERROR_INPUT": 1,
    "ERROR_REALM": 2,
    "ERROR_REC": 3,
    "ERROR_RTT": ERROR_RTT,
    "ERROR_NOT_SUPPORTED": 5,
    "ERROR_IN_USE": 5,
    "ERROR_DEVICE": 6,
    "ERROR_RTT_AUX": 7,
    "ERROR_PSMMU_ST": 8,
    "ERROR_DPT": 9,
    "BUSY": 10,
    "ERROR_GLOBAL": ERROR_GLOBAL,
    "ERROR_TRACKING": 12,
    "INCOMPLETE": INCOMPLETE,
    "BLOCKED": 14,
    "ERROR_GPT": 15,
    "ERROR_GRANULE": 16,
}


class Handler(NamedTuple):
    """A row of the table: X0 on entry, how many registers are printed, and when."""

    fid: int
    inputs: int  # X1.. on entry
    outputs: int  # X1.. on return, if the call has any
    on_success: bool
    on_error: bool


# offset of the function number, name, inputs, outputs, when: always, errors, never
_BOTH: Final = """
150 VERSION             1 2 always
157 REALM_ACTIVATE      1 0 always
158 REALM_CREATE        2 0 always
159 REALM_DESTROY       1 0 always
15a REC_CREATE          3 0 always
15b REC_DESTROY         1 0 always
15c REC_ENTER           2 0 errors
15d RTT_CREATE          4 0 errors
15e RTT_DESTROY         3 2 errors
161 RTT_READ_ENTRY      3 4 errors
164 PSCI_COMPLETE       3 0 always
165 FEATURES            1 1 errors
166 RTT_FOLD            3 1 never
168 RTT_INIT_RIPAS      3 1 errors
169 RTT_SET_RIPAS       4 1 errors
"""

_ONLY_1_0: Final = """
151 GRANULE_DELEGATE    1 0 errors
152 GRANULE_UNDELEGATE  1 0 errors
153 DATA_CREATE         5 0 never
154 DATA_CREATE_UNKNOWN 3 0 never
155 DATA_DESTROY        2 2 errors
15f RTT_MAP_UNPROTECTED 4 0 never
162 RTT_UNMAP_UNPROTECTED 3 1 never
167 REC_AUX_COUNT       1 1 always
"""

_ONLY_2_0: Final = """
153 RTT_DATA_MAP_INIT   5 0 never
163 RTT_DEV_VALIDATE    4 1 errors
16e RMM_CONFIG_SET      1 0 always
174 PDEV_ABORT          1 0 always
175 PDEV_COMMUNICATE    2 0 always
176 PDEV_CREATE         2 0 always
177 PDEV_DESTROY        1 0 always
178 PDEV_GET_STATE      1 1 always
17a PDEV_STREAM_KEY_REFRESH 3 0 errors
17b PDEV_SET_PUBKEY     2 0 always
17c PDEV_STOP           1 0 always
17d RTT_AUX_CREATE      5 0 errors
17e RTT_AUX_DESTROY     4 2 errors
17f RTT_AUX_FOLD        4 1 errors
180 RTT_AUX_MAP_PROTECTED 3 4 errors
181 RTT_AUX_MAP_UNPROTECTED 3 0 errors
183 RTT_AUX_UNMAP_PROTECTED 3 1 errors
184 RTT_AUX_UNMAP_UNPROTECTED 3 1 errors
185 VDEV_ABORT          3 0 always
186 VDEV_COMMUNICATE    4 0 always
187 VDEV_CREATE         4 0 always
188 VDEV_DESTROY        3 0 always
189 VDEV_GET_STATE      1 1 always
18a VDEV_UNLOCK         3 0 always
18b RTT_SET_S2AP        4 2 errors
18e VDEV_COMPLETE       2 0 always
1d0 VDEV_GET_INTERFACE_REPORT 3 0 always
1d1 VDEV_GET_MEASUREMENTS 4 0 always
1d2 VDEV_LOCK           3 0 always
1d3 VDEV_START          3 0 always
1d7 PSMMU_ACTIVATE      2 0 errors
1d8 PSMMU_DEACTIVATE    1 0 errors
1db PSMMU_ST_L2_CREATE  2 0 errors
1dc PSMMU_ST_L2_DESTROY 2 0 errors
1e1 GRANULE_TRACKING_GET 2 3 always
1ec RMM_CONFIG_GET      1 0 always
1f1 GRANULE_RANGE_DELEGATE 2 1 errors
1f2 GRANULE_RANGE_UNDELEGATE 2 1 errors
1f3 GPT_L1_CREATE       1 0 errors
1f5 RTT_DATA_MAP        5 1 errors
1f6 RTT_DATA_UNMAP      5 3 errors
1f7 RTT_DEV_MAP         6 1 errors
1f8 RTT_DEV_UNMAP       5 3 errors
1fb RTT_UNPROT_MAP      5 1 errors
1fc RTT_UNPROT_UNMAP    5 3 errors
201 REALM_TERMINATE     1 0 always
202 RMM_ACTIVATE        0 0 always
203 OP_CONTINUE         2 2 always
204 PDEV_STREAM_CONNECT 1 0 errors
205 PDEV_STREAM_DISCONNECT 3 0 errors
206 PDEV_STREAM_COMPLETE 3 0 errors
207 PDEV_STREAM_KEY_PURGE 3 0 errors
208 OP_MEM_DONATE       3 2 always
209 OP_MEM_RECLAIM      3 1 always
20a OP_CANCEL           1 1 always
"""


def _rows(text: str) -> dict[str, Handler]:
    rows = {}
    for row in text.split("\n"):
        if row:
            number, name, inputs, outputs, when = row.split()
            fid = 0xC400_0000 | int(number, 16)
            always, never = when == "always", when == "never"
            rows[name] = Handler(fid, int(inputs), int(outputs), always, not never)
    return rows


# By version (the betas are 2.0's) and name without RMI_; a name has one row in all.
HANDLERS: Final = {"1.0": _rows(_BOTH + _ONLY_1_0), "2.0": _rows(_BOTH + _ONLY_2_0)}
NAMES: Final = HANDLERS["1.0"] | HANDLERS["2.0"]

# The results of these are printed with ERROR_RTT too, by TF-RMM of some version.
SHOWN_ON_ERROR_RTT: Final = frozenset(
    {"RTT_DESTROY", "DATA_DESTROY", "RTT_UNMAP_UNPROTECTED", "RTT_UNPROT_UNMAP"}
)

# Where a name alone tells the version.
NAMES_OF: Final[dict[str, Rmi]] = {
    **dict.fromkeys(_rows(_ONLY_1_0), "1.0"),
    **dict.fromkeys(_rows(_ONLY_2_0), "2.0"),
}

# What a log leaves out, by version: successes, or all calls of a command (no status).
# That it also lacks calls refused for the state of the RMM (ERROR_GLOBAL: only "RMM is in
# invalid state" is printed) changes nothing: such a call has no effect.
OMITS: Final[dict[str, tuple[Omission, ...]]] = {
    version: tuple(
        Omission(f"RMI_{name}", "RMI_SUCCESS" if handler.on_error else None)
        for name, handler in handlers.items()
        if not handler.on_success
    )
    for version, handlers in HANDLERS.items()
}


def logs(command: str, x0: int, rmi: str) -> bool:
    """Would every TF-RMM print this call?  `command` with RMI_, `x0` on return."""
    version = rmi[:3]
    handler = HANDLERS[version].get(command.removeprefix("RMI_"))
    if handler is None:  # "unknown function_id": a line of its own, from 2.0 on also by default
        return x0 == UNKNOWN_FUNCTION and version != "1.0"
    status = x0 & 0xFF
    if status == ERROR_GLOBAL:
        return False
    return handler.on_success if status == SUCCESS else handler.on_error

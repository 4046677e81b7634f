"""Calls as the console of TF-RMM prints them, piece by piece: the importer's other way.

Written from the grammar in the facts, and with the number of registers from the tables of
the specification, so that it shares nothing with what it tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.values import (
    NOT_SUPPORTED,
    RMI_ERROR_REALM,
    RMI_ERROR_RTT,
    RMI_INCOMPLETE,
    STATUS_NAME,
)
from replay.spec.commands import FUNCTION, commands_of

if TYPE_CHECKING:
    from traces.event import Smc

SVE_HINT = 1 << 16
INDENTED = ("OP_CONTINUE", "OP_CANCEL", "OP_MEM_DONATE", "OP_MEM_RECLAIM")
SHOW_RESULTS_ON_ERROR_RTT = ("RTT_DESTROY", "DATA_DESTROY", "RTT_UNPROT_UNMAP")
DONATE = 1
NO_HANDLER = ("RMI_GRANULE_TRACKING_SET", "RMI_GPT_L1_DESTROY")


class Printer:
    """For one version."""

    def __init__(self, rmi: str) -> None:
        self._commands = commands_of(rmi)

    def pieces(self, call: Smc) -> list[str]:
        """What the RMM prints at a time; empty for a function that it does not have."""
        assert call.r is not None
        command = self._commands.get(call.fid & FUNCTION)
        if command is None:
            return []
        if call.r[0] == NOT_SUPPORTED and (not command.inputs or command.name in NO_HANDLER):
            return []
        name = command.name.removeprefix("RMI_")
        # What an operation asks for is printed as such, and is none of the table's results.
        results = 0 if command.outputs == ("handle", "request") else len(command.outputs)
        padded = f"      SMC_RMI_{name:<19}" if name in INDENTED else f"SMC_RMI_{name:<25}"
        out = [padded, *(f" {x:x}" for x in call.x[: len(command.inputs)])]

        status, index = call.r[0] & 0xFF, call.r[0] >> 8 & 0xFF
        known = status in STATUS_NAME and call.r[0] >> 16 == 0
        out.append(f" > RMI_{STATUS_NAME[status]}" if known else f" > {call.r[0]:x}")
        if known and (
            status == RMI_ERROR_RTT or (name == "REC_ENTER" and status == RMI_ERROR_REALM)
        ):
            out.append(f" {index:x}")
        if status == RMI_INCOMPLETE and name not in INDENTED:
            out.append(f" {call.r[1]:x}")
            if index & 3 == DONATE:
                out.append(f" {call.r[2]:x}")
        if status in (0, RMI_INCOMPLETE) or (
            status == RMI_ERROR_RTT and name in SHOW_RESULTS_ON_ERROR_RTT
        ):
            out += [f" {r:x}" for r in call.r[1 : results + 1]]
        return [*out, "\n"]

    def line(self, call: Smc) -> str:
        """The whole line, or the one that tells of an unknown function."""
        text = "".join(self.pieces(call))
        unknown = f"[handle_ns_smc] unknown function_id: {call.fid & ~SVE_HINT & 0xFFFFFFFF:x}\n"
        return text or unknown

    def shown(self, call: Smc, seen: int | None = None) -> tuple[object, ...]:
        """What of the call the line tells, to compare by; `seen` as in a call."""
        assert call.r is not None
        command = self._commands.get(call.fid & FUNCTION)
        unknown = command is None or call.r[0] == NOT_SUPPORTED  # then no argument is printed
        inputs = 0 if unknown or command is None else len(command.inputs)
        x0 = call.r[0] if seen != 0 else call.r[0] & 0xFF
        return call.fid & FUNCTION, call.x[:inputs], x0, call.r[1:seen]

    def same(self, printed: Smc, read: Smc) -> bool:
        """Is this what was printed, as far as it was seen?"""
        return self.shown(printed, read.seen) == self.shown(read, read.seen)

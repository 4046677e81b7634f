"""Headers that `replay` can judge by: what a machine must be, and what a capture covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traces.event import Bank, Header


def refusal(header: Header) -> str:
    """Why a trace with this header is not judged; empty if it is."""
    if header.complete and header.omits:
        return "the header says that the trace is complete, and what it omits"
    if not header.memory and not whole(header):
        return ""  # any address may be memory
    return wrong_banks(header.memory, header.granule_size, header.pa_width)


def whole(header: Header) -> bool:
    """Whether the trace has every call, with the memory that it read."""
    return header.complete and header.memory_contents


def wrong_banks(banks: Sequence[Bank], granule: int, pa_width: int) -> str:
    """What is wrong with the memory of a machine; empty if it can be.

    `granule` in bytes, `pa_width` in bits.  An address outside of all banks is a reason
    to refuse a call, so a bank that is not what was meant would make false violations.
    """
    if not banks:
        return "memory: no bank; expected at least one"
    for n, bank in enumerate(banks):
        place = f"memory[{n}], {bank.base:#x} with {bank.size:#x} bytes"
        if (bank.base | bank.size) % granule:
            return f"{place}: expected whole granules of {granule} bytes"
        if bank.base + bank.size > 1 << pa_width:
            return f"{place}: ends beyond physical addresses of {pa_width} bits"
    return ""

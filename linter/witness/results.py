"""How a run ended and what an SMC answered, as numbers and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.kernel import constants
from linter.witness.outcome import RETURNED
from linter.witness.value import Unknown, Value
from replay.rmm.values import result_name

if TYPE_CHECKING:
    from linter.witness.explore import Attempt
    from linter.witness.outcome import Event

_ERRNO: Final = {
    v.number: name for name, v in reversed(constants.FIXED.items()) if name[0] == "E" and name[1:]
    .isalnum() and v.number < 134 and name.isupper() and "_" not in name
}  # fmt: skip


def succeeded(attempt: Attempt) -> bool:
    """Did the function return, and say that all went well?"""
    value = attempt.outcome.value
    if attempt.outcome.kind != RETURNED or isinstance(value, Unknown):
        return False
    if value is None or value.number == 0:
        return True
    return value.number > 0 and not any(failed(event) for event in attempt.smcs)


def returned(attempt: Attempt) -> int | None:
    """The number that the function returned; None if it did not, or if that is not known."""
    value = attempt.outcome.value
    if attempt.outcome.kind != RETURNED or not isinstance(value, Value):
        return None
    return value.number


def number(value: int) -> str:
    """As people write a result: -ENODEV, 0x10d, 3."""
    name = _ERRNO.get(-value)
    return f"-{name}" if name else hex(value) if value > 9 else str(value)


def ending(attempt: Attempt) -> str:
    """How the run ended: `returns -ENODEV`."""
    outcome = attempt.outcome
    if outcome.kind != RETURNED:
        return f"{outcome.kind} at {outcome.path}:{outcome.line}: {outcome.reason}"
    value = outcome.value
    if isinstance(value, Unknown):
        return f"returns {value.label}"
    return f"returns {number(value.number)}" if value is not None else "returns"


def status(event: Event) -> int:
    """X0 of an SMC."""
    registers = event.values["r"]
    assert isinstance(registers, list)
    return int(registers[0])


def failed(event: Event) -> bool:
    """Did this SMC answer anything but success?"""
    return status(event) != 0


def call(event: Event) -> str:
    """An SMC as text: `RMI_RTT_CREATE(0x1000, ...) = ERROR_RTT/3`."""
    x, r = event.values["x"], event.values["r"]
    assert isinstance(x, list) and isinstance(r, list)
    used = max((n for n, v in enumerate(r) if v), default=0)
    outs = ", ".join([result_name(r[0]), *map(number_, r[1 : used + 1])])
    return f"{event.text}({', '.join(map(number_, x))}) = {outs}"


def number_(value: int) -> str:
    return hex(value) if value > 9 else str(value)


def called(attempt: Attempt, event: Event, name: str) -> int | None:
    """The input of that name of an SMC (`base`)."""
    command = attempt.firmware.named(event.text)
    if command is None or name not in command.inputs:
        return None
    x = event.values["x"]
    assert isinstance(x, list)
    at = command.inputs.index(name)
    return x[at] if at < len(x) else None

"""One call as the console of TF-RMM prints it: its pieces, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from traces.event import REGISTERS, Event, Problem, Smc
from traces.formats.tfrmm_handlers import (
    ERROR_RTT,
    INCOMPLETE,
    NAMES,
    SHOWN_ON_ERROR_RTT,
    STATUS,
    SUCCESS,
)

if TYPE_CHECKING:
    from traces.formats.jsonl import Item

MOST = 17  # registers that SMCCC 1.2 passes
_ERROR_REALM: Final = STATUS["ERROR_REALM"]


class Call:
    """What has been printed of a call.

    `family` is what stands in the name: RMI, RMM (the same before 1.0), RSI, PSCI or SMC
    (any other call of a realm, by its number).  `inputs` is how many arguments are
    printed (None: any number), `wanted` how many values must follow the status and `most`
    how many can.  A call that is `lost` is not told from another one, but must still be
    waited for.
    """

    __slots__ = (
        "args",
        "cpu",
        "family",
        "handler",
        "inputs",
        "line",
        "lost",
        "most",
        "name",
        "shape",
        "since",
        "status",
        "values",
        "wanted",
    )

    def __init__(self, line: int, start: str, cpu: int, shape: bytes = b"") -> None:
        self.line = line
        self.cpu = cpu
        self.shape = shape  # of the prefix before it, to know its continuation by
        if start[:8] in ("SMC_RMI_", "SMC_RMM_", "SMC_RSI_"):
            self.family, self.name = start[4:7], start[8:]
        else:
            self.family, _, self.name = start.partition("_")
        self.handler = NAMES.get(self.name) if self.family in ("RMI", "RMM") else None
        # Before 1.0 commands had other arguments, or five were printed of any.
        known = self.handler is not None and self.family == "RMI"
        self.inputs = self.handler.inputs if known and self.handler is not None else None
        self.args: list[int] = []
        self.status: str | int | None = None  # its name, or the whole X0
        self.values: list[int] = []
        self.wanted = self.most = 0
        self.lost = False
        self.since = line  # that it is waited for, or for what it was mixed with

    def answer(self, status: str | int) -> None:
        """The status has been printed."""
        self.status = status
        if self.handler is None or self.family != "RMI":
            return
        if status == "SUCCESS":
            self.wanted = self.most = self.handler.outputs
        elif status == "ERROR_RTT":  # not every version prints the results
            self.wanted = 1
            self.most = 1 + (self.name in SHOWN_ON_ERROR_RTT) * self.handler.outputs
        elif status == "ERROR_REALM" and self.name == "REC_ENTER":
            self.wanted = self.most = 1
        elif status == "INCOMPLETE":
            self.most = 2 + self.handler.outputs

    def take(self, text: bytes, status: str | int | None) -> None:
        """The next piece: a status, or if that is None the number in `text`."""
        if status is not None:
            self.answer(status)
        else:
            registers = self.args if self.status is None else self.values
            if len(registers) < MOST:
                registers.append(int(text, 16))

    def lose(self) -> Problem:
        """Its pieces cannot be told from another's; says so."""
        self.lost = True
        what = f"{self.family}_{self.name}"
        return Problem(self.line, f"{what}: printed together with another call, left out")

    @property
    def of_realm(self) -> bool:
        """Does a realm make it, not the host?"""
        return self.family not in ("RMI", "RMM")

    @property
    def ready(self) -> bool:
        """Can a status come now?"""
        return self.status is None and len(self.args) >= (self.inputs or 0)

    @property
    def hungry(self) -> bool:
        """Can a number come now?"""
        if self.status is None:
            return len(self.args) < (MOST if self.inputs is None else self.inputs)
        return len(self.values) < self.most

    @property
    def done(self) -> bool:
        return self.status is not None and len(self.values) >= self.wanted

    def item(self) -> Item:
        """The call, the event, or why it is neither."""
        what = f"{self.family}_{self.name}"
        if self.status is None:
            return Problem(self.line, f"{what}: cut off, no status was found")
        if self.family == "RSI":
            return self._event("rsi", name=what)
        if self.family in ("PSCI", "SMC"):
            return self._event(self.family.lower(), fid=int(self.name, 16))
        if self.handler is None:
            return Problem(self.line, f"{what}: no such command is known")
        if self.inputs is not None and len(self.args) < self.inputs:
            wrong = f"{what}: {len(self.args)} arguments, expected {self.inputs}"
            return Problem(self.line, wrong)
        if self.family == "RMM" and self.name == "VERSION":
            return Event(self.line, "note", {"text": f"RMI version before 1.0: {self.status}"})
        return self._smc(self.handler.fid)

    def _event(self, event: str, **about: str | int) -> Event:
        status = f"{self.family}_{self.status}" if isinstance(self.status, str) else self.status
        fields = {"cpu": self.cpu, **about, "args": self.args}
        return Event(self.line, event, {**fields, "status": status, "values": self.values})

    def _smc(self, fid: int) -> Item:
        values, seen = self.values, 1
        if isinstance(self.status, int):
            x0 = self.status
        elif self.status in STATUS:
            x0 = STATUS[self.status]
            indexed = x0 == ERROR_RTT or (x0 == _ERROR_REALM and self.name == "REC_ENTER")
            if indexed and values:
                x0, values = x0 | (values[0] & 0xFF) << 8, values[1:]
            elif x0 == INCOMPLETE:
                values = self._incomplete()
            elif x0 != SUCCESS and not values:
                seen = 0  # of an index, say the level of ERROR_RTT_AUX, nothing is printed
        else:
            what = f"RMI_{self.name}: RMI_{self.status}"
            return Problem(self.line, f"{what} is no status that is known")
        r = [x0, *values]
        return Smc(
            self.line,
            fid,
            _padded(self.args),
            _padded(r),
            cpu=self.cpu,
            name=f"RMI_{self.name}",
            seen=seen and len(r),
        )

    def _incomplete(self) -> list[int]:
        """X1.. of RMI_INCOMPLETE: a command that starts prints the handle, perhaps what it
        asks for, and then its results, of which the first is the handle again.
        """
        assert self.handler is not None
        extra = min(max(len(self.values) - self.handler.outputs, 0), 2)
        before, results = self.values[:extra], self.values[extra:]
        return results + before[len(results) :]


def _padded(registers: list[int]) -> list[int]:
    return registers + [0] * (REGISTERS - len(registers))

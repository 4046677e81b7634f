"""Lines of TF-RMM's console cut into what the RMM printed at a time, and their prefixes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_NUMBER: Final = "[0-9a-f]{1,16}"
_BEFORE: Final = r"(?=\s|$|SMC_|PSCI_)"  # a name is printed without a space before it
_NAME: Final = "(?:(?!SMC_)[A-Z0-9_])+"
_START: Final = (
    rf"(?:SMC_(?:RM[MI]_{_NAME}|RSI_(?:[0-9a-f]{{8}}|{_NAME})|[0-9a-f]{{8}})|PSCI_[0-9a-f]{{8}})"
    rf"{_BEFORE}"
)
_STATUS: Final = r"R[MS]I_(?P<status>[A-Z][A-Z_]*?)(?=[^A-Z_]|$|SMC_|PSCI_)"

_WHOLE = re.compile(
    rf"({_START})\s+((?:{_NUMBER}\s+)*)>\s+"
    rf"(?:R[MS]I_(?!\w*(?:SMC|PSCI)_)([A-Z_]+)|({_NUMBER}))((?:\s+{_NUMBER})*)\s*$".encode()
)
_CALL = re.compile(rf"{_START}\s+(?:{_NUMBER}\s|>\s)".encode())
_FIRST = re.compile(_START.encode())
_PIECE = re.compile(
    rf"(?P<start>{_START})|(?P<arrow>>)(?=\s|$)|{_STATUS}|(?P<number>{_NUMBER}){_BEFORE}"
    rf"|(?P<other>\S+?){_BEFORE}".encode()
)
# What can be left of a call that was cut; up to the end, or to the next name.
_REST = re.compile(rf"(?:(?:>|R[MS]I_[A-Z_]+|{_NUMBER})(?:\s+|$))+".encode())
_UNKNOWN = re.compile(rf"unknown function_id: ({_NUMBER})\s*$".encode())

_VARIES = re.compile(rb"(?i:cpu\s*[:#]?\s*\d+)|\d+|\s+")  # in a prefix; a CPU tag does not
_CPU = re.compile(rb"(?i:cpu)\s*[:#]?\s*(\d{1,5})(?!\d)")
_LONGEST_PREFIX = 200  # bytes of a prefix that a continuation is known by


class Whole(NamedTuple):
    """A line that is one call."""

    start: str
    args: list[int]
    status: str | int  # its name, or the whole X0
    values: list[int]


class Piece(NamedTuple):
    """kind: start (a name), arrow, status, number, or other (of a prefix, or not ours)."""

    kind: str
    text: bytes

    @property
    def status(self) -> str | int | None:
        """What it says where a status stands: its name, or the whole X0."""
        if self.kind == "status":
            return self.text.decode()
        return int(self.text, 16) if self.kind == "number" else None

    @property
    def prose(self) -> bool:
        """Is it a word? Behind a name: that stands in a text, and begins no call."""
        return self.kind == "other" and self.text[:1].isalpha() and not self.text.endswith(b":")


def has_call(line: bytes) -> bool:
    """Does a call begin here, with an argument or an arrow?"""
    return b"SMC_" in line and _CALL.search(line) is not None


def whole(line: bytes, at: int) -> Whole | None:
    """The one call that the line is from `at` on."""
    found = _WHOLE.match(line, at)
    if found is None:
        return None
    start, args, status, x0, values = found.groups()
    return Whole(
        start.decode(),
        [int(text, 16) for text in args.split()],
        int(x0, 16) if status is None else status.decode(),
        [int(text, 16) for text in values.split()],
    )


def first_name(line: bytes) -> int | None:
    """Where the first name stands."""
    found = _FIRST.search(line)
    return None if found is None else found.start()


def unknown_function(line: bytes) -> int | None:
    """X0 of a call that the RMM does not know, if the line tells of one."""
    found = _UNKNOWN.search(line)
    return None if found is None else int(found[1], 16) & 0xFFFF_FFFF


def pieces(line: bytes, at: int) -> list[Piece]:
    """Those from `at` on."""
    return [Piece(m.lastgroup or "", m[m.lastgroup or 0]) for m in _PIECE.finditer(line, at)]


def rest(line: bytes, shape: bytes, end: int) -> int | None:
    """Where the prefix ends, if nothing but pieces stands from there to `end`."""
    prefix = _prefix(shape).match(line)
    if prefix and prefix.end() < end and _REST.fullmatch(line, prefix.end(), end):
        return prefix.end()
    return None


def cpu_of(prefix: bytes) -> int:
    """The CPU that a prefix names; 0 if it names none."""
    found = _CPU.search(prefix)
    return int(found[1]) if found else 0


def shape_of(prefix: bytes) -> bytes:
    """A prefix with \\0 for each number, but that of a CPU, and \\1 for each space."""
    prefix = prefix[-_LONGEST_PREFIX:].rstrip()

    def common(found: re.Match[bytes]) -> bytes:
        return b"\0" if found[0].isdigit() else b"\1" if found[0].isspace() else found[0]

    return _VARIES.sub(common, prefix)


@lru_cache(64)
def _prefix(shape: bytes) -> re.Pattern[bytes]:
    """What matches the prefixes of a shape, with the space behind."""
    shape = re.escape(shape).replace(re.escape(b"\0"), rb"\d+").replace(re.escape(b"\1"), rb"\s+")
    return re.compile(shape + rb"\s*")

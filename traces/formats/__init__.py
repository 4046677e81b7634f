"""One module a format: bytes to calls and events, and back; `read` takes any of them.

A format that has no header of its own is a module with

    NAME                     what messages call it
    claims(head) -> bool     do these first lines look like it?
    read(numbered, *, name, strict, told) -> Iterator[Header | Item]

where `numbered` are the lines with their 1-based numbers; a `str` line is the reason
why one cannot be had (see `lines`).  It makes the header of what the lines and `told`
say, and turns a line that it cannot read into a Problem, or with `strict` raises
TraceError.
"""

from __future__ import annotations

from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from msgspec import structs

from traces.event import BANNER, Header, Told, TraceError
from traces.formats import jsonl
from traces.formats.lines import lines
from traces.formats.objects import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from traces.formats.jsonl import Item

    Numbered = Iterator[tuple[int, bytes | str]]

# Those without a header, in the order in which they are asked; imported when they are.
_FORMATS: tuple[str, ...] = ("tfrmm_console", "ftrace", "bpftrace")

# How far to look: a log of the whole machine has firmware and a kernel booting before
# the first call.
_MOST_LINES = 10_000
_MOST_BYTES = 1 << 20
_SHOWN = 60  # bytes of a line

_NOTHING = Told()


class _Format(Protocol):
    NAME: str

    def claims(self, head: Sequence[bytes]) -> bool: ...

    def read(
        self, numbered: Numbered, *, name: str, strict: bool, told: Told
    ) -> Iterator[Header | Item]: ...


def read(
    stream: BinaryIO, *, name: str = "-", strict: bool = False, told: Told = _NOTHING
) -> Iterator[Header | Item]:
    """The header, then the calls and events of a trace in any known format.

    The first lines tell the format; `stream` may be gzip, a pipe, or a capture that goes
    on.  A line that cannot be read becomes a Problem; with `strict` it raises TraceError,
    as always does what is no trace (`name` is for its text).  `told` stands in place of what
    a header says, or a format without one.
    """
    numbered = enumerate(lines(stream), 1)
    head: list[tuple[int, bytes | str]] = []
    at, first = 1, b""
    for at, line in numbered:
        head.append((at, line))
        first = line if isinstance(line, bytes) else b""
        if first.strip() or isinstance(line, str):
            break
    # `jsonl` says best what is wrong with a line that is missing, or was meant as JSON.
    own = jsonl.claims([first])
    found = None if own or not first.strip() else _recognised(head, numbered)
    everything = chain(head, numbered)
    if found is not None:
        yield from found.read(everything, name=name, strict=strict, told=told)
    elif own or not first.strip() or first.lstrip().startswith(b"{"):
        items = jsonl.read_lines(everything, name=name, strict=strict)
        header = next(items)
        yield _as_told(header, told) if isinstance(header, Header) else header
        yield from items
    else:
        known = ", ".join([FORMAT, *(_module(format_).NAME for format_ in _FORMATS)])
        shown = first.strip()[:_SHOWN].decode("ascii", "backslashreplace")
        text = f"no trace of a known format ({known}): {shown}"
        for number, line in head:
            if isinstance(line, bytes) and BANNER in line:
                at, text = number, "TF-RMM's console, but no call is in it: is it a Debug build?"
        # Only so far is looked.
        more = "" if next(numbered, None) is None else f" (in the first {len(head)} lines)"
        raise TraceError(name, at, text + more)


def _as_told(header: Header, told: Told) -> Header:
    if told.rmi is not None:
        header = structs.replace(header, rmi=told.rmi)
    if told.memory is not None:
        header = structs.replace(header, memory=told.memory)
    return header


def _recognised(head: list[tuple[int, bytes | str]], numbered: Numbered) -> _Format | None:
    """The format that claims the first lines; `head` gets those that it took to tell."""
    size, look = 0, len(head)
    while True:
        seen = [line for _, line in head if isinstance(line, bytes)]
        for module in map(_module, _FORMATS):
            if module.claims(seen):
                return module
        if len(head) < look or size > _MOST_BYTES or look > _MOST_LINES:
            return None  # the end, or as far as is worth it
        look *= 2  # each look is at all so far: doubling makes that two looks a line
        for number, line in numbered:
            head.append((number, line))
            size += len(line)
            if len(head) == look or size > _MOST_BYTES:
                break


def _module(name: str) -> _Format:
    return cast(_Format, import_module(f"traces.formats.{name}"))

"""A trace of any format that can be read, written as rmi-trace/1."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, BinaryIO

from linter.shell import Failure
from replay.result import MOST_LISTED, Listed, TraceResult
from traces.event import Event, Header, Problem, Smc, TraceError
from traces.formats import jsonl, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traces.event import Told


def convert(path: str, out: str, told: Told, *, strict: bool = False) -> TraceResult:
    """Write the trace in `path` to `out`; `-` is standard input, and output.

    Nothing is judged: the result says what could not be read.  A file is written only if
    the trace could be begun.  Errors: Failure, if `out` cannot be written.
    """
    if os.path.exists(out) and os.path.exists(path) and os.path.samefile(path, out):
        raise Failure(f"--convert {out}: that is the trace itself")
    result = TraceResult(path)
    items = _items(path, told, strict, result)
    header = next(items, None)
    if header is None:
        return result
    assert isinstance(header, Header)
    calls = (item for item in items if not isinstance(item, Header))
    try:
        with _target(out) as target:
            jsonl.write(target, header, calls)
            target.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"--convert {out}: {error.strerror or error}") from None
    return result


def _items(
    path: str, told: Told, strict: bool, result: TraceResult
) -> Iterator[Header | Smc | Event]:
    """What can be written; the rest is noted in `result`."""
    try:
        with _source(path) as stream:
            for item in read(stream, name=path, strict=strict, told=told):
                if not isinstance(item, Problem):
                    yield item
                    continue
                result.unread_count += 1
                if len(result.unread) < MOST_LISTED:
                    result.unread.append(Listed(item.line, item.text))
    except TraceError as error:
        result.error_line, result.error = error.line, error.text
    except OSError as error:
        result.error = error.strerror or str(error)


def _source(path: str) -> AbstractContextManager[BinaryIO]:
    if path != "-":
        return open(path, "rb")
    if sys.stdin is None:
        raise Failure("standard input is closed")
    return nullcontext(sys.stdin.buffer)


def _target(out: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdout.buffer) if out == "-" else open(out, "wb")

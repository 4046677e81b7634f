"""Lines of a stream, plain or gzip, however long they or it may be.

Memory is bounded by a few times LIMIT.  A line of a plain stream is handed over
as soon as it has come, so a live capture can be piped in.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 4 << 20  # bytes of a line; a REC_ENTER with two full pages has some 17,000
_BUFFER = 1 << 17
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


def lines(stream: BinaryIO) -> Iterator[bytes | str]:
    """Each line of `stream` with its line end; a `str` stands for one that cannot be had.

    The `str` says why.  After damage to gzip data nothing follows.  `stream` is
    left open; errors of the system (OSError) pass through.
    """
    own = None if isinstance(stream, io.BufferedReader) else _buffered(stream)
    reader = cast(io.BufferedReader, own or stream)
    try:
        if reader.peek(len(_GZIP)).startswith(_GZIP):
            reader = _buffered(_Gunzip(gzip.GzipFile(fileobj=reader)))
        if reader.peek(len(_BOM)).startswith(_BOM):
            reader.read(len(_BOM))
        while line := reader.readline(LIMIT):
            yield line if len(line) < LIMIT else _skip(reader, line)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield f"damaged gzip data, nothing after it can be read: {error}"
    finally:
        if own is not None and not own.closed:
            own.detach()  # else its end would close the caller's stream


def _skip(reader: io.BufferedReader, line: bytes) -> str:
    """Reads on to the end of an overlong line and says that it was left out."""
    size = 0
    while line:
        size += len(line)
        if line.endswith(b"\n"):
            break
        line = reader.readline(LIMIT)
    return f"a line of {size} bytes; expected less than {LIMIT >> 20} MiB"


def _buffered(raw: BinaryIO | io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, raw), _BUFFER)


class _Gunzip(io.RawIOBase):
    """Hands over what is unpacked so far.

    GzipFile.readinto fills the whole buffer first: at the end of a truncated
    file it would raise and drop what it had.
    """

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)

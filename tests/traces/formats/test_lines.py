"""Lines of plain and packed streams, of any length, in bounded memory."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.formats.lines import LIMIT, lines


class Endless(io.RawIOBase):
    """Repeats `piece` for ever, or `times` times; counts what was taken."""

    def __init__(self, piece: bytes, times: int | None = None) -> None:
        self.piece, self.left, self.given = piece, times, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.left == 0:
            return 0
        if self.left is not None:
            self.left -= 1
        data = self.piece[: len(buffer)]
        buffer[: len(data)] = data
        self.given += len(data)
        return len(data)


texts = st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")), max_size=8)


@given(texts, st.booleans())
def test_lines_are_those_of_python(pieces: list[bytes], packed: bool) -> None:
    data = b"\n".join([b"{", *pieces])
    stream = io.BytesIO(gzip.compress(data) if packed else data)
    assert list(lines(stream)) == data.splitlines(keepends=True) or b"\r" in data
    assert b"".join(line for line in lines(io.BytesIO(data)) if isinstance(line, bytes)) == data


def test_empty() -> None:
    assert list(lines(io.BytesIO(b""))) == []
    assert list(lines(io.BytesIO(gzip.compress(b"")))) == []


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_is_dropped(pack: type[bytes]) -> None:
    assert list(lines(io.BytesIO(pack(b"\xef\xbb\xbfa\nb")))) == [b"a\n", b"b"]


def test_several_members_are_one_stream() -> None:
    data = gzip.compress(b"a\nb") + gzip.compress(b"c\nd\n")
    assert list(lines(io.BytesIO(data))) == [b"a\n", b"bc\n", b"d\n"]


@pytest.mark.parametrize("cut", [1, 5, 11, 1000, -9, -4, -1])
def test_truncated_gzip_gives_what_it_has_then_says_so(cut: int) -> None:
    import random
    import zlib

    rows = [b"%032x\n" % random.Random(7).getrandbits(128) * 3 + b"%d\n" % i for i in range(9000)]
    packed = gzip.compress(b"".join(rows))[:cut]
    got = list(lines(io.BytesIO(packed)))
    # Cut by one byte is no gzip any more: it is one odd line.
    if cut == 1:
        assert got == [b"\x1f"]
        return
    assert isinstance(got[-1], str)
    assert "damaged gzip data" in got[-1]
    # The oracle: what zlib itself can unpack, up to the last line end.
    whole = zlib.decompressobj(31).decompress(packed)
    whole = whole[: whole.rfind(b"\n") + 1]
    assert b"".join(line for line in got if isinstance(line, bytes)) == whole


def test_damage_inside_and_rubbish_behind() -> None:
    packed = bytearray(gzip.compress(os.urandom(5000) + b"\n"))
    packed[-6] ^= 0xFF  # the checksum
    assert isinstance(list(lines(io.BytesIO(bytes(packed))))[-1], str)
    got = list(lines(io.BytesIO(gzip.compress(b"a\n") + b"rubbish")))
    assert got[0] == b"a\n"
    assert isinstance(got[1], str)
    assert len(got) == 2


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT])
def test_long_lines_are_left_out(size: int) -> None:
    """`size` counts the line end; less than LIMIT is kept."""
    long = b"x" * (size - 1) + b"\n"
    got = list(lines(io.BytesIO(b"a\n" + long + b"b\n")))
    assert got[0] == b"a\n"
    assert got[2:] == [b"b\n"]
    if size < LIMIT:
        assert got[1] == long
    else:
        assert got[1] == f"a line of {size} bytes; expected less than 4 MiB"


def test_a_line_of_any_length_is_never_held() -> None:
    stream = Endless(b"x" * (1 << 17), times=1024)  # 128 MiB
    tracemalloc.start()
    try:
        got = list(lines(io.BufferedReader(stream, 1 << 17)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [type(line) for line in got] == [str]
    assert str(128 << 20) in str(got[0])
    assert peak < 5 * LIMIT  # two pieces, and one in parts and whole


def test_a_bomb_is_never_held() -> None:
    packed = gzip.compress(bytes(64 << 20), 1)
    tracemalloc.start()
    try:
        got = list(lines(io.BytesIO(packed)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [type(line) for line in got] == [str]
    assert peak < 5 * LIMIT  # two pieces, and one in parts and whole


def test_an_endless_stream_is_read_only_as_far_as_asked() -> None:
    stream = Endless(b'{"event":"note","text":""}\n')
    got = lines(io.BufferedReader(stream, 4096))
    for _ in range(1000):
        next(got)
    assert stream.given < 1000 * 27 + 2 * 4096


def test_a_live_pipe_gives_each_line_as_it_comes() -> None:
    """No block has to fill up first: a capture can be watched."""
    source, sink = os.pipe()
    with os.fdopen(source, "rb") as stream, os.fdopen(sink, "wb", buffering=0) as out:
        out.write(b"a\n")
        got = lines(stream)
        for text in (b"bc\n", b"d\n", b"e\n"):
            assert next(got).endswith(b"\n")  # type: ignore[arg-type]
            out.write(text)


def test_a_stream_closed_before_its_lines_were_all_read() -> None:
    stream = io.BytesIO(b"a\nb\n")
    got = lines(stream)
    assert next(got) == b"a\n"
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        list(got)


def test_the_stream_stays_open() -> None:
    stream = io.BytesIO(b"a\n")
    assert list(lines(stream)) == [b"a\n"]
    assert not stream.closed
    for _ in lines(stream := io.BytesIO(b"a\nb\n")):
        break
    assert not stream.closed

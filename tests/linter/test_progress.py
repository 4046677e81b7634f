"""The line on a terminal: drawn when it takes long, taken away, never in a file."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from linter.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen_at(monkeypatch: pytest.MonkeyPatch, screen: io.StringIO, *times: float) -> io.StringIO:
    """Standard error, and a clock that shows these times."""
    clock = iter(times)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_how_far_a_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    screen = screen_at(monkeypatch, Terminal(), 0.0, 0.2, 1.0, 1.05)
    path = tmp_path / "x"
    path.write_bytes(bytes(1000))
    bar = Bar(1, "traces")
    with path.open("rb") as stream:
        stream.read(500)
        bar.reading(stream, 10)  # too early
        assert screen.getvalue() == ""
        bar.reading(stream, 2000)
        bar.reading(stream, 3000)  # too soon after it
        assert screen.getvalue() == f"\r\x1b[K[{'#' * 20}{' ' * 20}]  50%  2,000 lines"
    bar.clear()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_how_many_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_at(monkeypatch, Terminal(), 0.0, 0.4, 0.6)
    bar = Bar(4, "series")
    bar.finished(1)  # too early
    assert screen.getvalue() == ""
    bar.finished(3)
    assert screen.getvalue() == f"\r\x1b[K[{'#' * 30}{' ' * 10}]  75%  3 of 4 series"


def test_what_has_no_end_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_at(monkeypatch, Terminal(), 0.0, 0.1, 0.6, 0.65)
    bar = Bar(0, "")
    for mails in (500, 1000, 1500):
        bar.counted(f"{mails} mails")
    assert screen.getvalue() == "\r\x1b[K1000 mails"


def test_nothing_goes_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_at(monkeypatch, io.StringIO(), 0.0, 9.0, 9.0, 9.0)
    bar = Bar(4, "traces")
    bar.finished(2)
    bar.counted("2")
    bar.clear()
    assert screen.getvalue() == ""

"""How far a command is, on the last line of a terminal; silent elsewhere and when it is quick."""

from __future__ import annotations

import os
import sys
import time
from typing import BinaryIO

_SLOW = 0.5  # seconds before a progress bar is worth its line
_PAUSE = 0.1  # seconds between two drawings


class Bar:
    """The line; `total` is the number of `things` to do, 0 if nobody knows."""

    def __init__(self, total: int, things: str) -> None:
        self._total = total
        self._things = things
        self._begun = self._drawn = time.monotonic()
        self._shown = False
        self._on = sys.stderr is not None and sys.stderr.isatty()

    def reading(self, stream: BinaryIO, lines: int) -> None:
        """One input: the part of its bytes that is read, or of a pipe the lines."""
        if not self._due():
            return
        size = os.fstat(stream.fileno()).st_size if stream.seekable() else 0
        if size:
            self._draw(min(stream.tell() / size, 1.0), f"{lines:,} lines")
        else:
            self._put(f"{lines:,} lines")

    def counted(self, text: str) -> None:
        """What has been done so far, where nobody knows how much there is."""
        if self._due():
            self._put(text)

    def finished(self, count: int) -> None:
        """Several things: how many are done."""
        if self._on and time.monotonic() - self._begun >= _SLOW:
            text = f"{count} of {self._total} {self._things}"
            self._draw(count / max(self._total, 1), text)

    def clear(self) -> None:
        """Take the line away: something else is to be printed."""
        if self._shown:
            self._put("")
            self._shown = False

    def _due(self) -> bool:
        if not self._on:
            return False
        now = time.monotonic()
        if now - self._begun < _SLOW or now - self._drawn < _PAUSE:
            return False
        self._drawn = now
        return True

    def _draw(self, part: float, text: str) -> None:
        width = 40
        full = int(part * width)
        self._put(f"[{'#' * full}{' ' * (width - full)}] {part:4.0%}  {text}")

    def _put(self, text: str) -> None:
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

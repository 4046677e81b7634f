"""What is known of a realm's memory: what the trace shows being written there.

Only host calls need it: the RMM copies their structure (RsiHostCall, 256 bytes: imm,
then x0 to x30) to the exit and, at the next entry, the host's registers back.
"""

from __future__ import annotations

from typing import Final

from replay.rmm.rec import GPRS
from replay.rmm.run_page import Want

_PAGE: Final = 4096
_WORD: Final = 8
_MOST_PAGES: Final = 1024  # kept; those that were written first are forgotten first


class RealmMemory:
    """Words of realm memory by physical address."""

    __slots__ = ("_pages",)

    def __init__(self) -> None:
        self._pages: dict[int, dict[int, int]] = {}  # page -> offset -> word

    def write(self, pa: int, data: bytes) -> None:
        """`data` is at `pa` now.  A word of which only a part is written is not known."""
        if not data:
            return
        top = pa + len(data)
        for at in range(pa - pa % _WORD, top, _WORD):
            if at < pa or at + _WORD > top:
                self._pages.get(at - at % _PAGE, {}).pop(at % _PAGE, None)
            else:
                word = data[at - pa : at - pa + _WORD]
                self._page(at - at % _PAGE)[at % _PAGE] = int.from_bytes(word, "little")

    def word(self, pa: int) -> int | None:
        """The 8 bytes at `pa`, a multiple of 8; None if not known."""
        return self._pages.get(pa - pa % _PAGE, {}).get(pa % _PAGE)

    def forget(self, page: int) -> None:
        """The page at `page` may hold anything."""
        self._pages.pop(page, None)

    def host_call(self, pa: int) -> tuple[Want, list[Want]]:
        """(imm, x0 to x30) of the RsiHostCall at `pa`."""
        first = self.word(pa)
        imm = None if first is None else first & 0xFFFF
        return imm, [self.word(pa + _WORD * n) for n in range(1, GPRS + 1)]

    def answer_host_call(self, pa: int, gprs: list[int]) -> None:
        """The host's registers are in the RsiHostCall at `pa` now."""
        self.write(pa + _WORD, b"".join(value.to_bytes(_WORD, "little") for value in gprs))

    def _page(self, page: int) -> dict[int, int]:
        words = self._pages.get(page)
        if words is None:
            if len(self._pages) == _MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            words = self._pages[page] = {}
        return words

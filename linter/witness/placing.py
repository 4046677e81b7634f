"""Where the members of a struct or union lie."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from linter.witness.ctype import SLOT, CType, Field, Record
from linter.witness.outcome import Stop

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.layout import Types


class Plan:
    """A record while its members are placed."""

    def __init__(self, record: Record, types: Types) -> None:
        self.record = record
        self.types = types
        self.at = 0  # bytes
        self.bit = 0  # of a run of bit-fields, from `at` on
        self.size = 0
        self.align = 1
        self.broken = False
        self.pending: list[tuple[str, CType, int, int | None]] = []
        self.embedded: list[tuple[Record, int]] = []

    def add(self, name: str, ctype: CType, bits: int | None) -> None:
        try:
            size, align = self.types.size(ctype), self.types.align(ctype)
        except Stop:
            self.broken = True
            self.pending.append((name, ctype, 0, bits))
            return
        if bits is not None:
            self._bit_field(name, ctype, bits, size, align)
            return
        self._close()
        offset = self._place(size, align)
        self.pending.append((name, ctype, offset, None))

    def _bit_field(self, name: str, ctype: CType, bits: int, size: int, align: int) -> None:
        start = 8 * self.at + self.bit
        if self.record.keyword == "union":
            start = 0
        elif bits == 0 or start // (8 * size) != (start + bits - 1) // (8 * size):
            start = -(-start // (8 * size)) * 8 * size
        self.align = max(self.align, align)
        self.pending.append((name, ctype, start // (8 * size) * size, bits))
        if self.record.keyword == "union":
            self.size = max(self.size, size)
            return
        self.at, self.bit = divmod(start + bits, 8)
        self.size = max(self.size, self.at + (self.bit > 0))

    def _close(self) -> None:
        self.at, self.bit = self.at + (self.bit > 0), 0

    def _place(self, size: int, align: int) -> int:
        self.align = max(self.align, align)
        if self.record.keyword == "union":
            self.size = max(self.size, size)
            return 0
        offset = -(-self.at // align) * align
        self.at = offset + size
        self.size = max(self.size, self.at)
        return offset

    def embed(self, inner: Record) -> None:
        """An anonymous struct or union: its members are the record's own."""
        try:
            size, align = self.types.size(inner), self.types.align(inner)
        except Stop:
            self.broken = True
            size, align = 0, 1
        self._close()
        self.embedded.append((inner, self._place(size, align)))
        self.pending.append((f"#{len(self.embedded)}", inner, self.embedded[-1][1], None))

    def finish(self, whole: bool) -> None:
        record = self.record
        record.open = self.broken or not whole
        for name, ctype, offset, bits in self.pending:
            if record.open:
                offset = slot(record.tag, name)
            record.fields.setdefault(name, Field(offset, ctype, bits))
            if name not in record.order and bits is None:
                record.order.append(name)
        for number, (inner, offset) in enumerate(self.embedded, 1):
            base = slot(record.tag, f"#{number}") if record.open else offset
            for name, field in inner.fields.items():
                record.fields.setdefault(name, field._replace(offset=base + field.offset))
        if not record.open:
            record.align = self.align
            record.size = -(-self.size // self.align) * self.align


def declarations(body: Node) -> list[Node]:
    """The field declarations, those under `#ifdef` where the kernel says what is configured."""
    found = []
    for child in body.named_children:
        if child.type in ("preproc_ifdef", "preproc_if"):
            found.append(child)  # has no type: the record stays open
            found.extend(c for c in child.named_children if c.type == "field_declaration")
        elif child.type in ("field_declaration", "ERROR"):
            found.append(child)
    return found


def slot(tag: str, name: str) -> int:
    """A made-up offset: sums of a few of these meet each other with no likelihood."""
    digest = blake2b(f"{tag}.{name}".encode("utf-8", "replace"), digest_size=8).digest()
    return (int.from_bytes(digest, "little") % (1 << 26) + 1) * SLOT

"""From the declarations of a series to C types, with sizes and offsets.

A record is laid out as the AAPCS64 says.  It stays open where its declaration is
not at hand, is a hunk's, or holds by value what has no known size; its fields
then keep the types they were declared with, at made-up offsets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import text
from linter.witness.ctype import (
    Array,
    CType,
    Field,
    Function,
    Int,
    Opaque,
    Pointer,
    Record,
    Void,
    scalar,
    spell,
)
from linter.witness.outcome import Stop
from linter.witness.placing import Plan, declarations, slot
from linter.witness.read import Declarations, decayed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.unit import Unit

_LEAVES = 256  # elements of an array that are named one by one


class Types(Declarations):
    """The types of one world; what `Declarations` reads of them, laid out."""

    # -- sizes and fields ----------------------------------------------------

    def size(self, ctype: CType) -> int:
        """`sizeof`, in bytes; Stop where it is not known."""
        match ctype:
            case Int():
                return ctype.bytes
            case Pointer():
                return 8
            case Array(of, count):
                if count is None:
                    return 0
                return count * self.size(of)
            case Record():
                self._complete(ctype)
                if not ctype.open:
                    return ctype.size
            case Void() | Function():
                return 1
        raise Stop(f"the size of {spell(ctype)} is not known")

    def sized(self, ctype: CType) -> bool:
        try:
            self.size(ctype)
        except Stop:
            return False
        return True

    def align(self, ctype: CType) -> int:
        if isinstance(ctype, Array):
            return self.align(ctype.of)
        if isinstance(ctype, Record):
            self._complete(ctype)
            return ctype.align
        return max(self.size(ctype), 1)

    def field(self, record: Record, name: str) -> Field:
        """Where a field is; an open record has every field that is asked for."""
        self._complete(record)
        found = record.fields.get(name)
        if found is None:
            if not record.open:
                raise Stop(f"{record!r} has no field `{name}`")
            spelt = self._kernel.field(record.tag, name)
            ctype = Opaque(f"{record.tag}.{name}") if spelt is None else self.of_text(spelt)
            found = record.fields[name] = Field(slot(record.tag, name), ctype)
        if found.width is not None:
            raise Stop(f"{record!r}.{name} is a bit-field")
        return found

    def members(self, record: Record) -> list[tuple[str, Field]]:
        """The members an initialiser goes through, in order ('' for an unnamed one)."""
        self._complete(record)
        if record.open:
            raise Stop(f"the layout of {record!r} is not known")
        return [(name, record.fields[name]) for name in record.order]

    def leaves(self, record: Record, prefix: str = "") -> Iterator[tuple[str, int, CType]]:
        """The scalars inside: name, offset and type of each; of an array the first few only."""
        for name, field in self.members(record):
            if name.startswith("#") and isinstance(field.ctype, Record):
                for inner, offset, of in self.leaves(field.ctype, prefix):
                    yield inner, field.offset + offset, of
                continue
            spelt = f"{prefix}{name}"
            for at, of in enumerate(self._elements(field.ctype)):
                start = field.offset + at * self.size(of)
                one = f"{spelt}[{at}]" if isinstance(field.ctype, Array) else spelt
                if isinstance(of, Record):
                    for inner, offset, leaf in self.leaves(of, f"{one}."):
                        yield inner, start + offset, leaf
                elif scalar(of):
                    yield one, start, of

    def _elements(self, ctype: CType) -> list[CType]:
        if isinstance(ctype, Array):
            return [ctype.of] * min(ctype.length or 0, _LEAVES)
        return [ctype]

    def is_open(self, record: Record) -> bool:
        self._complete(record)
        return record.open

    def opaque(self, ctype: Opaque) -> Record:
        """The open record that `x.field` makes of an `x` nobody declared."""
        return self._records.setdefault(("struct", ctype.name), Record("struct", ctype.name))

    # -- records -------------------------------------------------------------

    def record(self, keyword: str, tag: str) -> Record:
        """The struct or union of a tag; laid out when a field or its size is wanted."""
        key = (keyword, tag)
        if key not in self._records:
            made = self._records[key] = Record(keyword, tag)
            made.complete = lambda: self._find(made)
        return self._records[key]

    def _complete(self, record: Record) -> None:
        if record.complete is not None:
            complete, record.complete = record.complete, None
            with self._deeper():
                complete()

    def _find(self, record: Record) -> None:
        found = [
            (unit, unit.structs[record.tag])
            for unit in self._world.units
            if record.tag.encode() in unit.source and record.tag in unit.structs
        ]
        for unit, node in sorted(found, key=lambda f: f[0].fragment):
            self._lay_out(record, node, unit)
            if not record.open:
                return  # of hunks, every one may add a field

    def _specified(self, node: Node, unit: Unit) -> Record:
        """A record as a specifier names or lays it out."""
        keyword = "union" if node.type == "union_specifier" else "struct"
        tag = text(node.child_by_field_name("name"))
        if tag:
            made = self.record(keyword, tag)
            if node.child_by_field_name("body") is not None and tag not in unit.structs:
                self._lay_out(made, node, unit)
            return made
        key = (id(unit), node.start_byte)
        if key not in self._inline:
            made = self._inline[key] = Record(keyword, "")
            made.complete = lambda: self._lay_out(made, node, unit)
        return self._inline[key]

    def _lay_out(self, record: Record, node: Node, unit: Unit) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        plan = Plan(record, self)
        for child in declarations(body):
            kind = child.child_by_field_name("type")
            if kind is None:
                plan.broken = True
                continue
            self._field(plan, child, kind, unit)
        packed = "__packed" in unit.original(node) or any(
            c.kind == "attribute" and c.name == "__packed" and node.end_byte <= c.start
            and not unit.text[node.end_byte : c.start].strip()
            for c in unit.changes
        )  # fmt: skip
        whole = not unit.fragment and not node.has_error and not packed
        plan.finish(whole)

    def _field(self, plan: Plan, node: Node, kind: Node, unit: Unit) -> None:
        try:
            base = self.specifier(kind, unit)
        except Stop:
            base = Opaque(" ".join(text(kind).split()))
        declarators = node.children_by_field_name("declarator")
        width = next((c for c in node.named_children if c.type == "bitfield_clause"), None)
        if not declarators and width is None:
            if isinstance(base, Record):
                plan.embed(base)
            return
        for declarator in declarators:
            try:
                name, ctype = self.declare(declarator, base, unit)
            except Stop:
                name, ctype = self.declare(declarator, base, unit)[0], Opaque("array")
            bits = None
            if width is not None and width.named_children:
                bits = self._constant(width.named_children[0], unit)
            plan.add(name, ctype, bits)
        if not declarators:
            plan.broken = True  # `int : 0`


__all__ = ["Types", "decayed"]

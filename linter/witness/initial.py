"""Initialisers: `= 3`, `= { 1, [4] = 2, .x.y = 3 }`, `= "text"`, compound literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import squeeze, text
from linter.source.nodes import unwrap
from linter.witness import objects
from linter.witness.ctype import Array, CType, Int, Record, scalar, spell
from linter.witness.outcome import Stop
from linter.witness.value import Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.frame import Var
    from linter.witness.run import Run

_STRINGS = ("string_literal", "concatenated_string")
_MAX = 1 << 20  # elements of an array whose length an initialiser gives


def initialised(run: Run, ctype: CType, value: Node, name: str, *, kind: str = "local") -> Var:
    """A new variable with an initialiser; one of type `x[]` gets its length from that."""
    if isinstance(ctype, Array) and ctype.length is None:
        ctype = Array(ctype.of, _length(run, value))
    var = run.temporary(ctype, name) if kind == "local" else run.allocate(ctype, name, kind=kind)
    set_initial(run, var, value)
    return var


def set_initial(run: Run, var: Var, value: Node) -> None:
    """Gives a variable the value that its declaration says."""
    if value.type == "initializer_list":
        if scalar(var.ctype):
            inner = objects.inner(value)
            if inner:
                run.store(var.address, var.ctype, run.evaluate(inner[0]))
            else:
                run.store(var.address, var.ctype, Value(var.ctype, 0))
            return
        _clear(run, var)
        _Filler(run).aggregate(var.address, var.ctype, value)
    elif isinstance(var.ctype, Array) and unwrap(value).type in _STRINGS:
        _clear(run, var)
        _text(run, var.address, var.ctype, unwrap(value))
    else:
        run.store(var.address, var.ctype, run.evaluate(value))


def _clear(run: Run, var: Var) -> None:
    """What an initialiser does not name is zero."""
    if run.types.sized(var.ctype):
        run.memory.fill(var.address, run.types.size(var.ctype), 0)
    elif var.made is not None:
        run.memory.fill(var.made.base, var.made.size, 0)
    else:
        raise Stop(f"{spell(var.ctype)} is set to zero, whose size is not known")


def _text(run: Run, address: int, ctype: Array, node: Node) -> None:
    value = run.evaluate(node)
    length = _length(run, node)
    size = length if ctype.length is None else min(length, ctype.length)
    assert isinstance(value, Value)
    run.memory.copy(address, value.bits, size)


def _length(run: Run, value: Node) -> int:
    value = unwrap(value)
    if value.type in _STRINGS:
        spot = objects.locate(run, value)
        assert isinstance(spot.ctype, Array)
        return spot.ctype.length or 0
    if value.type != "initializer_list":
        raise Stop(f"`{squeeze(value)[:40]}` says no length")
    at = longest = 0
    for item in objects.inner(value):
        if item.type == "initializer_pair":
            first = item.children_by_field_name("designator")[0]
            at = _range(run, first)[1] if first.type.startswith("subscript") else at
        at += 1
        longest = max(longest, at)
    if longest > _MAX:
        raise Stop(f"an array of {longest} elements")
    return longest


def _range(run: Run, designator: Node) -> tuple[int, int]:
    """`[3]` or `[3 ... 5]`."""
    parts = [run.number(run.evaluate(c)) for c in objects.inner(designator)]
    if not parts or not 0 <= parts[0] <= parts[-1] < _MAX:
        raise Stop(f"`{squeeze(designator)[:40]}` is not supported")
    return parts[0], parts[-1]


class _Filler:
    """Goes through an initialiser list; what is in no braces fills an inner aggregate in order."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def aggregate(self, address: int, ctype: CType, node: Node) -> None:
        items = objects.inner(node)
        left = self._fill(address, ctype, items, braced=True)
        if left:
            raise Stop(f"too many initialisers for {spell(ctype)}")

    def _fill(self, address: int, ctype: CType, items: list[Node], *, braced: bool) -> list[Node]:
        """Fills from the front; gives the items that are left over."""
        if isinstance(ctype, Record) and _is_zero(items):
            return []  # `{}` and `{ 0 }`, of any layout
        at = 0
        while items:
            if items[0].type == "initializer_pair":
                if not braced:
                    return items
                at = self._designated(address, ctype, items[0])
                items = items[1:]
                continue
            place = self._place(address, ctype, at)
            if place is None:
                return items
            items = self._one(*place, items)
            at += 1
        return items

    def _place(self, address: int, ctype: CType, at: int) -> tuple[int, CType] | None:
        """The member with that number; None behind the last."""
        types = self.run.types
        if isinstance(ctype, Array):
            inside = at < (ctype.length or 0)
            return (address + at * types.size(ctype.of), ctype.of) if inside else None
        if isinstance(ctype, Record):
            members = [] if types.is_open(ctype) else types.members(ctype)
            if ctype.keyword == "union":
                members = members[:1]
            if at < len(members):
                field = members[at][1]
                return address + field.offset, field.ctype
            return None
        return (address, ctype) if at == 0 else None

    def _one(self, address: int, ctype: CType, items: list[Node]) -> list[Node]:
        """Sets one member from the first item, or from as many as it takes."""
        node = items[0]
        self.run.step()
        if node.type == "initializer_list":
            self._braced(address, ctype, node)
            return items[1:]
        if isinstance(ctype, Array):
            if unwrap(node).type in _STRINGS and isinstance(ctype.of, Int):
                _text(self.run, address, ctype, unwrap(node))
                return items[1:]
            return self._fill(address, ctype, items, braced=False)
        if isinstance(ctype, Record):
            value = self.run.evaluate(node) if node.type != "number_literal" else None
            if value is not None and value.ctype is ctype:
                self.run.store(address, ctype, value)
                return items[1:]
            return self._fill(address, ctype, items, braced=False)
        self.run.store(address, ctype, self.run.evaluate(node))
        return items[1:]

    def _braced(self, address: int, ctype: CType, node: Node) -> None:
        if scalar(ctype):
            inner = objects.inner(node)
            value = self.run.evaluate(inner[0]) if inner else Value(ctype, 0)
            self.run.store(address, ctype, value)
        else:
            if self.run.types.sized(ctype):
                self.run.memory.fill(address, self.run.types.size(ctype), 0)
            self.aggregate(address, ctype, node)

    def _designated(self, address: int, ctype: CType, pair: Node) -> int:
        """`.a.b = x`, `[1] = x`; gives the index of the member after it."""
        path = pair.children_by_field_name("designator")
        value = objects.child(pair, "value")
        ends = [(address, ctype)]
        following = 0
        for depth, step in enumerate(path):
            reached: list[tuple[int, CType]] = []
            for base, of in ends:
                if step.type == "field_designator" and isinstance(of, Record):
                    name = text(step.named_children[0])
                    field = self.run.types.field(of, name)
                    reached.append((base + field.offset, field.ctype))
                    if depth == 0:
                        following = of.order.index(name) + 1 if name in of.order else 0
                elif isinstance(of, Array) and step.type.startswith("subscript"):
                    low, high = _range(self.run, step)
                    size = self.run.types.size(of.of)
                    reached += [(base + n * size, of.of) for n in range(low, high + 1)]
                    following = high + 1 if depth == 0 else following
                else:
                    raise Stop(f"`{squeeze(step)[:40]}` is not supported in {spell(of)}")
            ends = reached
        for base, of in ends:
            if value.type == "initializer_list":
                self._braced(base, of, value)
            else:
                self._one(base, of, [value])
        return following


def _is_zero(items: list[Node]) -> bool:
    return not items or (len(items) == 1 and squeeze(items[0]) in ("0", "NULL", "false"))

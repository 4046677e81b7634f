"""C types as declarations spell them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.expr import text
from linter.witness.ctype import (
    TYPEDEFS,
    UINT,
    VOID,
    Array,
    CType,
    Function,
    Int,
    Opaque,
    Pointer,
    Record,
    basic,
)
from linter.witness.outcome import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.source.unit import Unit
    from linter.source.world import World
    from linter.witness.index import Index
    from linter.witness.vocabulary import Kernel

_DEEP = 30  # types within types
_MAX_COUNT = 1 << 32  # elements of an array
_TYPEOF = re.compile(r"^\s*(?:__)?typeof(?:_unqual)?(?:__)?\s*\((.*)\)\s*$", re.S)
_NOISE = re.compile(r"\b(?:const|volatile|__user|__iomem|__rcu|__percpu|__force|restrict)\b")
_DECLARATORS = frozenset(
    f"{abstract}{kind}_declarator"
    for abstract in ("", "abstract_")
    for kind in ("pointer", "array", "function", "parenthesized")
) | {"attributed_declarator", "init_declarator"}


class Declarations:
    """Reads types; `layout.Types` says how large they are.

    `constant(node, unit)` gives the value of a constant expression, `typeof(source, unit)`
    the type of an expression given as text; both raise Stop.
    """

    def __init__(
        self,
        world: World,
        index: Index,
        kernel: Kernel,
        constant: Callable[[Node, Unit], int],
        typeof: Callable[[str, Unit], CType],
    ) -> None:
        self._world = world
        self._index = index
        self._kernel = kernel
        self._constant = constant
        self._typeof = typeof
        self._named: dict[str, CType] = {}
        self._records: dict[tuple[str, str], Record] = {}
        self._inline: dict[tuple[int, int], Record] = {}  # without a tag, by unit and place
        self._depth = 0

    def record(self, keyword: str, tag: str) -> Record:
        """The struct or union of a tag."""
        raise NotImplementedError

    def _specified(self, node: Node, unit: Unit) -> Record:
        """A record as a specifier names or lays it out."""
        raise NotImplementedError

    def _deeper(self) -> _Depth:
        return _Depth(self)

    def of_text(self, source: str) -> CType:
        """A type as text: `unsigned long`, `struct page **`, `typeof(*p)` without a scope."""
        source = _NOISE.sub(" ", source)
        head = source.rstrip("* \t\n")
        stars = source[len(head) :].count("*")
        array = re.fullmatch(r"(.*?)\[(\d+)\]", head.strip(), re.S)
        if array:
            return Array(self.of_text(array[1]), int(array[2]))
        words = head.split()
        ctype: CType
        if len(words) == 2 and words[0] in ("struct", "union"):
            ctype = self.record(words[0], words[1])
        elif len(words) == 2 and words[0] == "enum":
            ctype = self._enum()
        elif len(words) == 1 and words[0] == "void":
            ctype = VOID
        else:
            known = basic(words) or (self.named(words[0]) if len(words) == 1 else None)
            if known is None:
                raise Stop(f"the type `{source.strip()}` is not known")
            ctype = known
        for _ in range(stars):
            ctype = Pointer(ctype)
        return ctype

    def is_type(self, name: str) -> bool:
        """Does a name that stands where an expression could name a type?"""
        if name in TYPEDEFS or name in self._index.typedefs or name == "void":
            return True
        return basic([name]) is not None or self._kernel.typedef(name) is not None

    def named(self, name: str) -> CType | None:
        """What a typedef stands for; an unknown name is None."""
        known = TYPEDEFS.get(name) or self._named.get(name)
        if known is not None:
            return known
        with self._deeper():
            found = self._index.typedefs.get(name)
            if found is not None:
                kind = found.node.child_by_field_name("type")
                assert kind is not None
                base = self.specifier(kind, found.unit)
                made = self.declare(found.declarator, base, found.unit)[1]
            else:
                spelt = self._kernel.typedef(name)
                if spelt is None:
                    return None
                made = self.of_text(spelt)
        self._named[name] = made
        return made

    def specifier(self, node: Node, unit: Unit) -> CType:
        """The type that a declaration's first part names."""
        source = text(node)
        match node.type:
            case "struct_specifier" | "union_specifier":
                return self._specified(node, unit)
            case "enum_specifier":
                return self._enum()
            case "primitive_type" | "sized_type_specifier":
                if source == "void":
                    return VOID
                known = basic(source.split()) or self.named(source)
                if known is not None:
                    return known
            case "type_identifier" | "identifier":
                written = unit.original(node)
                if typeof := _TYPEOF.match(written):
                    return self._typeof(typeof[1], unit)
                known = self.named(source) or self.named(written)
                if known is not None:
                    return known
                if source.endswith(("_t", "_fn")):
                    return Opaque(source)
                return self._macro_type(source)
            case "macro_type_specifier":
                if typeof := _TYPEOF.match(unit.original(node)):
                    return self._typeof(typeof[1], unit)
        raise Stop(f"the type `{' '.join(source.split())[:60]}` is not known")

    def _macro_type(self, name: str) -> CType:
        found = self._world.define(name)
        if found is not None and found[1].params is None:
            with self._deeper():
                return self.of_text(found[1].value)
        raise Stop(f"the type `{name}` is not known")

    def _enum(self) -> Int:
        return UINT  # none of them has a negative enumerator, or it would be int; see `limits`

    def declare(self, node: Node | None, base: CType, unit: Unit) -> tuple[str, CType]:
        """The name and type of one declarator (also an abstract one) of `base`."""
        with self._deeper():
            if node is None:
                return "", base
            if node.type not in _DECLARATORS:
                return text(node), base
            inner = node.child_by_field_name("declarator") or next(
                (
                    c
                    for c in node.named_children
                    if c.type in _DECLARATORS or c.type.endswith("identifier")
                ),
                None,
            )
            if node.type.endswith("pointer_declarator"):
                return self.declare(inner, Pointer(base), unit)
            if node.type.endswith("array_declarator"):
                return self.declare(inner, Array(base, self._count(node, unit)), unit)
            if node.type.endswith("function_declarator"):
                listed = node.child_by_field_name("parameters")
                return self.declare(inner, Function(base, self._params(listed, unit)), unit)
            return self.declare(inner, base, unit)

    def _count(self, node: Node, unit: Unit) -> int | None:
        size = node.child_by_field_name("size")
        if size is None:
            return None
        count = self._constant(size, unit)
        if not 0 <= count < _MAX_COUNT:
            raise Stop(f"an array of {count} elements")
        return count

    def _params(self, node: Node | None, unit: Unit) -> tuple[CType, ...]:
        params = []
        for child in node.named_children if node is not None else []:
            kind = child.child_by_field_name("type")
            if child.type == "parameter_declaration" and kind is not None:
                try:
                    base = self.specifier(kind, unit)
                    ctype = self.declare(child.child_by_field_name("declarator"), base, unit)[1]
                except Stop:
                    ctype = Opaque(" ".join(text(child).split())[:60])
                params.append(decayed(ctype))
        return () if params == [VOID] else tuple(params)

    def descriptor(self, node: Node, unit: Unit) -> CType:
        """The type of a cast, a `sizeof(type)`, a compound literal."""
        kind = node.child_by_field_name("type")
        if kind is None:
            return self.specifier(node, unit)
        base = self.specifier(kind, unit)
        return self.declare(node.child_by_field_name("declarator"), base, unit)[1]


class _Depth:
    """Counts types within types."""

    def __init__(self, types: Declarations) -> None:
        self._types = types

    def __enter__(self) -> None:
        self._types._depth += 1
        if self._types._depth > _DEEP:
            self._types._depth -= 1
            raise Stop("types are nested too deeply")

    def __exit__(self, *_: object) -> None:
        self._types._depth -= 1


def decayed(ctype: CType) -> CType:
    """What an array or a function becomes when its value is taken."""
    if isinstance(ctype, Array):
        return Pointer(ctype.of)
    return Pointer(ctype) if isinstance(ctype, Function) else ctype

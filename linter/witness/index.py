"""What the files of a world declare at their top: typedefs, enumerators, prototypes, globals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.expr import declared, text
from linter.source.nodes import arguments, callee

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.unit import Unit
    from linter.source.world import World


class Declared(NamedTuple):
    """A declarator with the declaration that it stands in."""

    unit: Unit
    node: Node  # the whole declaration
    declarator: Node


class Enumerator(NamedTuple):
    """`value` is the constant as written, None: one more than the enumerator `before`."""

    unit: Unit
    node: Node
    value: Node | None
    before: str


class Index:
    """By name; of two with a name, the first that was added to the world.

    Fragments declare typedefs, enumerators and prototypes as whole files do; an
    enumerator without a value counts only where the enum is there from its beginning.
    """

    def __init__(self, world: World) -> None:
        self.typedefs: dict[str, Declared] = {}
        self.enumerators: dict[str, Enumerator] = {}
        self.variables: dict[str, list[Declared]] = {}
        self.prototypes: dict[str, Declared] = {}
        self.enums: set[str] = set()
        for unit in world.units:
            self._unit(unit)

    def variable(self, name: str, unit: Unit) -> Declared | None:
        """A global variable; the asking file's own comes first, one with a value before others."""
        found = self.variables.get(name, ())
        mine = [d for d in found if d.unit is unit]
        given = [d for d in (mine or found) if d.declarator.type == "init_declarator"]
        return next(iter(given or mine or found), None)

    def _unit(self, unit: Unit) -> None:
        for node in unit.nodes(
            "type_definition", "enum_specifier", "declaration", "expression_statement"
        ):
            if node.type == "type_definition":
                for declarator in node.children_by_field_name("declarator"):
                    name = _type_name(declarator)
                    if name:
                        self.typedefs.setdefault(name, Declared(unit, node, declarator))
            elif node.type == "enum_specifier":
                self._enum(unit, node)
            elif _top(node):
                if node.type == "declaration":
                    self._declaration(unit, node)
                else:
                    self._macro(unit, node)

    def _macro(self, unit: Unit, node: Node) -> None:
        """`DEFINE_MUTEX(name);` at the top reads as a call."""
        inner = node.named_children[0] if node.named_children else None
        if inner is None or inner.type != "call_expression":
            return
        if callee(inner).startswith(("DEFINE_", "DECLARE_")):
            for argument in arguments(inner):
                if argument.type == "identifier":
                    found = Declared(unit, inner, argument)
                    self.variables.setdefault(text(argument), []).append(found)

    def _enum(self, unit: Unit, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        before = ""
        for child in body.named_children:
            if child.type == "enumerator":
                name = text(child.child_by_field_name("name"))
                value = child.child_by_field_name("value")
                self.enumerators.setdefault(name, Enumerator(unit, child, value, before))
                before = name

    def _declaration(self, unit: Unit, node: Node) -> None:
        for declarator in node.children_by_field_name("declarator"):
            target = declarator
            if declarator.type == "init_declarator":
                inner = declarator.child_by_field_name("declarator")
                target = declarator if inner is None else inner
            name, _ = declared(target)
            if name and is_function(target):
                self.prototypes.setdefault(name, Declared(unit, node, target))
            elif name:
                self.variables.setdefault(name, []).append(Declared(unit, node, declarator))


def is_function(declarator: Node) -> bool:
    """Does `*f(int)` declare a function (and not a pointer to one)?"""
    while declarator.type in ("pointer_declarator", "attributed_declarator"):
        inner = declarator.child_by_field_name("declarator")
        if inner is None:
            return False
        declarator = inner
    if declarator.type != "function_declarator":
        return False
    inner = declarator.child_by_field_name("declarator")
    return inner is not None and inner.type == "identifier"


def _top(node: Node) -> bool:
    above = node.parent
    while above is not None:
        if above.type in ("compound_statement", "for_statement"):
            return False
        above = above.parent
    return True


def _type_name(node: Node) -> str:
    at: Node | None = node
    while at is not None:
        if at.type in ("type_identifier", "primitive_type"):
            return text(at)
        at = at.child_by_field_name("declarator") or next(
            (c for c in at.named_children if "declarator" in c.type or c.type == "type_identifier"),
            None,
        )
    return ""

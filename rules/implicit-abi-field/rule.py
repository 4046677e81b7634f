"""implicit-abi-field: a field of a structure the RMM reads is left to zeroed memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip, text
from linter.source.nodes import arguments
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_conversion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ABI-FIELD-IMPLICIT",)
WORDS = (RMI, ("zero", "calloc", "zalloc", "GFP_ZERO"), ("_to_phys", "__pa("))
NEEDS = FUNCTION
TITLE = "A field of a structure that the RMM reads is never set"
WHY = (
    "Zero is a value of the interface like any other. Who reads the code cannot see that it was "
    "chosen, and when the meaning of zero changes nobody finds the place."
)
FIX = "Assign the field, with its name for zero or a comment that says what the default is."
EVIDENCE = ("review of [PATCH v14]: tracking_region_size of struct rmm_config, v13 08/48",)

_ZEROED = regex(r"^(?:get_zeroed_page\w*|k\w*zalloc\w*|kcalloc|alloc_pages_exact|kzalloc_obj)$")
_PADDING = regex(r"^(?:_*pad|_*res(?:erved)?\d*$|_*rsvd|sizer|unused|_*raw$)")
_FEW = 4  # of a larger structure most fields are optional


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.sites:
        if not _ZEROED.match(site.name) or not (name := _assigned(facts, site)):
            continue
        if site.name == "alloc_pages_exact" and "__GFP_ZERO" not in text(site.node):
            continue
        tag = _tag(function, name)
        given = _given(facts, name)
        if not tag or given is None or _filled_elsewhere(facts, name, given):
            continue
        fields = _fields(function, tag)
        left = [field for field in fields if not _is_set(facts, name, field)]
        if 0 < len(left) < len(fields) <= _FEW:
            said = " and ".join(f"`{field}`" for field in left)
            yield function.finding(
                given.node,
                f"{given.name}() reads {said} of struct {tag}, which "
                f"{'are' if left[1:] else 'is'} never set: the RMM gets whatever zero means",
                related=[function.place(site.node, "zeroed here")],
            )


def _assigned(facts: Facts, site: Site) -> str:
    """The variable that the zeroed memory is put into, through a cast too."""
    for definition in facts.effects(site.point).defs:
        value = definition.value
        if value is not None and strip(value) == site.node and definition.name.isidentifier():
            return definition.name
    return ""


def _tag(function: Function, name: str) -> str:
    kind = function.type_of(name).removesuffix("*").strip()
    return kind.removeprefix("struct ").strip() if kind.startswith("struct ") else ""


def _given(facts: Facts, name: str) -> Site | None:
    """The one call to the RMM that gets the address of the memory."""
    found = [
        site
        for site in facts.sites
        if facts.world.is_firmware(site.name, facts.function)
        and any(_address_of(facts, site, strip(arg), name) for arg in site.call.args)
    ]
    return found[0] if len(found) == 1 else None  # another one may have filled it


def _address_of(facts: Facts, site: Site, arg: Node, name: str) -> bool:
    if arg.type == "call_expression":
        inner = arguments(arg)
        function = text(arg.child_by_field_name("function"))
        return is_conversion(function) and bool(inner) and path_of(strip(inner[0])) == name
    path = path_of(arg)
    if not path.isidentifier() or path == name:
        return False
    for at in facts.reaching(site.point, path):
        value = at.definition.value
        if value is not None and strip(value).type == "call_expression":
            return _address_of(facts, site, strip(value), name)
    return False


def _filled_elsewhere(facts: Facts, name: str, given: Site) -> bool:
    """Is the memory handed to somebody else too, who may set what is missing?"""
    for site in facts.sites:
        if site.node == given.node or is_conversion(site.name) or "free" in site.name:
            continue
        if any(path_of(strip(arg)) == name for arg in site.call.args) and not site.name.isupper():
            return True
    return any(
        d.value is not None and path_of(strip(d.value)) == name
        for point in facts.points
        for d in facts.effects(point).defs
    )


def _fields(function: Function, tag: str) -> list[str]:
    """The fields of a structure, those of its unnamed parts among them, without padding."""
    found = function.world.struct(tag)
    return list(_named(found[1])) if found is not None else []


def _named(node: Node) -> Iterator[str]:
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else []:
        if child.type != "field_declaration":
            continue
        declarators = child.children_by_field_name("declarator")
        for declarator in declarators:
            name = text(declarator)
            if declarator.type == "field_identifier" and not _PADDING.match(name):
                yield name
        kind = child.child_by_field_name("type")
        if not declarators and kind is not None:
            yield from _named(kind)


def _is_set(facts: Facts, name: str, field: str) -> bool:
    return any(
        d.name in (f"{name}->{field}", f"*{name}", f"{name}[]")
        for point in facts.points
        for d in facts.effects(point).defs
    )

"""Who owns memory and objects: releases, members under all their names, ways of success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ZERO
from linter.source.expr import address_of, constant, effects, path_of, strip
from linter.source.nodes import arguments
from rules.vocabulary import answer, failing_edge, is_conversion, is_free, is_undelegate, makes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.explore import Walk
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

_RELEASE = regex(
    r"(?:^|_)(?:destroy|free|kfree|release|tear_?down|uninit|deinit|dispose|unmap|put)(?:_|$)"
)
# what gives memory back to the allocator and does nothing else
_TO_ALLOCATOR = regex(
    r"^(?:__)?(?:k|v|kv)?free(?:_pages?|_pages_exact|_sensitive)?$|^put_page$|^folio_put$"
    r"|^kmem_cache_free$|^kvfree_sensitive$"
)
_MEMBER = regex(r"^(\w+)(->|\.)(.+)$")
_STORES = ("WRITE_ONCE", "rcu_assign_pointer", "smp_store_release", "smp_store_mb")
_HOPS = 4  # from a local to what it stands for


def is_release(name: str) -> bool:
    """Does a call of this name take an object down, or give it back?"""
    return bool(_RELEASE.search(name))


def frees_memory(name: str) -> bool:
    """Is this the allocator's own function, which never talks to the RMM?"""
    return bool(_TO_ALLOCATOR.match(name))


def spoken_name(call: Call) -> str:
    """The function a call means, also through a macro that picks one: `FN(destroy)(pgt)`."""
    if call.name:
        return call.name
    function = call.node.child_by_field_name("function")
    inner = arguments(function) if function is not None else []
    return path_of(inner[-1]) if inner else ""


def freed(site: Site) -> str:
    """The path that a call of a free function is given, '' if it is no plain path."""
    if not site.call.args or not is_free(site.name):
        return ""
    # kmem_cache_free(cache, object) names its object last
    node = strip(site.call.args[-1 if "cache" in site.name else 0])
    return path_of(node)


def stands_for(facts: Facts, name: str) -> str:
    """`kvm->arch.realm` for a local `realm = &kvm->arch.realm` that is never anything else."""
    values = [at.definition for at in facts.defs(name) if at.definition.how != "decl"]
    if len(values) != 1 or values[0].value is None or values[0].how not in ("init", "assign"):
        return ""
    return address_of(values[0].value) or path_of(strip(values[0].value))


def spellings(facts: Facts, path: str) -> list[str]:
    """A member's path as it is written, and with the locals in front replaced."""
    found = [path]
    for _ in range(_HOPS):
        member = _MEMBER.match(found[-1])
        base = stands_for(facts, member[1]) if member else ""
        if member is None or not base:
            break
        value = next(at.definition.value for at in facts.defs(member[1]) if at.definition.value)
        joint = "." if address_of(value) else member[2]
        found.append(f"{base}{joint}{member[3]}")
    return found


def members(function: Function, path: str) -> set[tuple[str, str]]:
    """(struct, members below it) under all names of a path: what two functions can compare."""
    found = set()
    for spelt in spellings(function.facts, path):
        member = _MEMBER.match(spelt)
        if member is not None:
            kind = function.type_of(member[1]).replace("const ", "").rstrip("* ").strip()
            # a global is the same object in every function
            found.add((kind or member[1], member[3]))
    return found


def is_member(path: str) -> bool:
    """`o->f`, `o->part.f`: does it live in an object behind a pointer?"""
    return "->" in path and "[" not in path and not path.startswith("*")


def sources_of(facts: Facts, point: Point, node: Node) -> set[str]:
    """The paths whose page an argument names, whatever kind of address each is."""
    names: set[str] = set()
    seen: set[tuple[int, str]] = set()
    todo = [(point, path) for path in _whole(node)]
    while todo:
        at, name = todo.pop()
        if (at.index, name) in seen:
            continue
        seen.add((at.index, name))
        names.add(name)
        for hit in facts.reaching(at, name):
            value = hit.definition.value
            if hit.definition.how == "update":  # the next page of the same memory
                todo.append((hit.point, name))
                continue
            if value is None:
                continue
            called = effects(value).calls
            if all(is_conversion(call.name) for call in called):
                todo += [(hit.point, path) for path in _whole(value)]
    return names


def _whole(node: Node) -> list[str]:
    """The paths an expression reads, without the `a` of `a->b`."""
    paths = [path for path, _ in effects(node).uses if not path.isupper()]
    return [p for p in paths if not any(o.startswith((f"{p}->", f"{p}.", f"{p}[")) for o in paths)]


def successes(facts: Facts, site: Site) -> Iterator[Walk]:
    """Walks that begin behind a call which answered that all is well."""
    flags = facts.flags(site.point)
    status = answer(facts, site)
    if status:
        yield facts.explore(site.point, {**flags, status: ZERO}, after=True)
    elif site.point.kind == "cond":
        bad = failing_edge(site)
        for edge in site.point.edges:
            if bad is not None and edge.when is not bad:
                yield facts.explore(edge.target, flags)
    elif site.call.bare:
        yield facts.explore(site.point, flags, after=True)


def undoes(facts: Facts, name: str, depth: int = 3) -> bool:
    """Does a call of this name undelegate something, itself or through what it calls?"""
    return makes(facts.function, name, is_undelegate, depth)


def returned(point: Point) -> Node | None:
    """The expression that a return gives back."""
    if point.kind != "return" or point.node is None:
        return None
    return next((c for c in point.node.named_children if c.type != "comment"), None)


def stored(facts: Facts, point: Point) -> list[tuple[str, Node, Node]]:
    """(path, its node, value) of each store here, also one by WRITE_ONCE()."""
    found = [
        (d.name, d.node, d.value)
        for d in facts.effects(point).defs
        if d.value is not None and d.how in ("assign", "init")
    ]
    for call in facts.effects(point).calls:
        if call.name in _STORES and len(call.args) == 2:
            target = call.args[0]
            path = path_of(target) or address_of(target)
            if path:
                found.append((path, target, call.args[1]))
    return found


def is_null(node: Node | None) -> bool:
    return node is not None and constant(node) == "0"


def given_back(facts: Facts, point: Point, call: Call, names: set[str]) -> bool:
    """Does a call take the page back from the RMM, or give it to somebody who will?"""
    given = any(sources_of(facts, point, arg) & names for arg in call.args)
    if not given or is_conversion(call.name):
        return False
    if "delegate" in call.name or undoes(facts, call.name):
        return True
    # a function that nobody can see may well know that the page is delegated
    unknown = facts.called(call.name) is None and not frees_memory(call.name)
    return unknown and is_release(call.name)

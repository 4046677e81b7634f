"""Words of the host code that several rules share: pairs, printers, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import NONZERO, Value, Walk, subject
from linter.source.expr import Def, constant, effects, path_of, prints, squeeze, strip, text
from linter.source.flow import Point
from linter.source.nodes import WARNS, callee, takes_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts, Site
    from linter.source.unit import Function


_UNDELEGATE = regex(r"(?:^|_)undelegate(?:_|$)")
_DELEGATE = regex(r"(?:^|_)delegate(?:_|$)")
# helpers that hand over exactly one granule cannot be stopped half-way
_ONE_GRANULE = regex(r"_(?:page|granule)$|granule_(?:un)?delegate$")
_PAGE = regex(r"^\(?(?:RMM_|RMI_)?(?:PAGE|GRANULE)_SIZE\)?$|^SZ_4K$")
_ALLOC = regex(
    r"(?:^|_)(?:alloc|get_free_page|get_zeroed_page|kmalloc|kzalloc|kvzalloc|kmemdup|vmalloc)"
)
# (__get_free_page() is none)
_FREE = regex(r"(?:^|(?<!get)_)(?:free|kfree|kvfree|vfree|put_page)(?:_|$)|^__free_pages?$")
_CONVERT = regex(r"_to_(?:phys|virt|page|pfn)$|^__[pv]a$|^page_address$|^PFN_PHYS$")
_KEEP = regex(r"(?:^|_)(?:put|release|add|insert|store|push|enqueue)(?:_|$)")
_RELAX = regex(
    r"cpu_relax|cond_resched|schedule|sleep|delay|signal_pending|wait_event|wait_for_|yield"
    r"|need_resched|wfe|ktime_|time_after|time_before"
)


def is_delegate(name: str) -> bool:
    """Does a call of this name hand memory to the RMM?"""
    return bool(_DELEGATE.search(name)) and not _UNDELEGATE.search(name)


def is_undelegate(name: str) -> bool:
    """Does a call of this name take memory back from the RMM?"""
    return bool(_UNDELEGATE.search(name))


def is_alloc(name: str) -> bool:
    return bool(_ALLOC.search(name)) and not is_free(name)


def is_free(name: str) -> bool:
    return bool(_FREE.search(name))


def is_conversion(name: str) -> bool:
    """Does a call of this name give another kind of address of the same page?"""
    return bool(_CONVERT.search(name))


def keeps(name: str) -> bool:
    """Does a call of this name put its argument away: drop it, or into a list?"""
    return bool(_KEEP.search(name))


def is_relax(name: str) -> bool:
    """Does a call of this name wait, give way, or look at a clock or a signal?"""
    return bool(_RELAX.search(name))


def one_granule(site: Site) -> bool:
    """Is this a (un)delegation of a single granule?"""
    if _ONE_GRANULE.search(site.name):
        return True
    return len(site.call.args) > 1 and bool(_PAGE.match(squeeze(site.call.args[-1])))


def page_names(facts: Facts, name: str) -> set[str]:
    """The variable, and those that hold the same page as another kind of address."""
    names = {name}
    for _ in range(2):  # struct page -> virtual -> physical
        for point in facts.points:
            for d in facts.effects(point).defs:
                found = effects(d.value)
                if (
                    d.name.isidentifier()
                    and any(path in names for path, _ in found.uses)
                    and all(is_conversion(call.name) for call in found.calls)
                ):
                    names.add(d.name)
    return names


def argument_path(site: Site, index: int) -> str:
    """The path an argument names, '' if it is missing or no plain path."""
    args = site.call.args
    return path_of(strip(args[index])) if index < len(args) else ""


def calls_around(node: Node) -> Iterator[Node]:
    """The calls of the same statement that a node stands in, the innermost first."""
    above = node.parent
    while above is not None and not above.type.endswith(("statement", "declaration")):
        if above.type == "call_expression":
            yield above
        above = above.parent


def makes(function: Function, name: str, wanted: Callable[[str], object], depth: int = 3) -> bool:
    """Does a call of this name, or one that is made in it, have a name that `wanted` accepts?"""
    if wanted(name):
        return True
    body = function.facts.called(name) if depth else None
    return (
        body is not None
        and body is not function
        and any(
            makes(body, inner, wanted, depth - 1) for inner in {s.name for s in body.facts.sites}
        )
    )


def in_print(node: Node) -> bool:
    """Is a use only printed?"""
    names = [callee(call) for call in calls_around(node)]
    return any(prints(name) or name in WARNS or name == "BUG_ON" for name in names)


def copies_status(definition: Def, names: set[str]) -> bool:
    """Is this `status = ret` or `status = RMI_RETURN_STATUS(ret)` of one of `names`?"""
    if definition.value is None or definition.how not in ("assign", "init"):
        return False
    return subject(definition.value)[0] in names


def status_names(facts: Facts, names: set[str]) -> set[str]:
    """The names, and the variables of the function that are copies of them."""
    names = set(names)
    for point in facts.points:
        for definition in facts.effects(point).defs:
            if copies_status(definition, names):
                names.add(definition.name)
    return names


def failures(facts: Facts, site: Site, besides: frozenset[str] = frozenset()) -> Iterator[Walk]:
    """Walks that begin behind a call which answered that it failed.

    The answer is in a variable (`ret = f()`), tested on the spot (`if (f())`,
    `if (f() != RMI_SUCCESS)`), or dropped.  A value that goes anywhere else
    (`ok = !f()`) is not followed: nothing is said of it.  `besides`: statuses
    that the failure is not.
    """
    flags = facts.flags(site.point)
    status = answer(facts, site)
    if status:
        failed = _failed(facts, site)
        failed = failed._replace(ne=failed.ne | besides)
        yield facts.explore(site.point, {**flags, status: failed}, after=True)
    elif site.point.kind == "cond" and site.point.node is not None:
        edge = failing_edge(site)
        either = edge is None and _asks_for_one(site.point.node)
        for target in [e.target for e in site.point.edges if either or e.when is edge]:
            yield facts.explore(target, flags)
    elif site.call.bare:
        yield facts.explore(site.point, flags, after=True)


def answer(facts: Facts, site: Site) -> str:
    """Where the status of a call is: its result, or `res.a0` for `smc(.., &res)`; or ''."""
    if site.call.result:
        return site.call.result
    for definition in facts.effects(site.point).defs:
        if definition.how == "update" and definition.call is site.call:
            return definition.name  # `ret |= f()`
    for _, out in site.call.out_args():
        if any(True for _ in facts.uses(f"{out}.a0")):
            return f"{out}.a0"
    return ""


def failing_edge(site: Site) -> bool | None:
    """The outcome of the condition a call stands in that means it failed; None if unclear."""
    node = strip(site.point.node) if site.point.node is not None else None
    if node is None:
        return None
    if node == site.node:
        return True
    if node.type == "call_expression" and takes_status(callee(node)):
        return True
    if node.type == "binary_expression":
        operator = text(node.child_by_field_name("operator"))
        right = node.child_by_field_name("right")
        if right is not None and constant(right) == "0" and operator in ("==", "!=", "<"):
            return operator != "=="
    return None


def _asks_for_one(node: Node) -> bool:
    """`f() == RMI_BUSY`: the call may have failed with this, or with something else."""
    right = strip(node).child_by_field_name("right")
    return right is not None and bool(constant(right))


def _failed(facts: Facts, site: Site) -> Value:
    """What the result of a failed call is: an errno is negative, a status positive."""
    status = facts.world.is_status(site.name, facts.function)
    errno = facts.world.is_errno(site.name, facts.function)
    return NONZERO._replace(sign="" if status == errno else "-" if errno else "+")


def last_statement(trail: list[Point], *kinds: str) -> Node | None:
    """The last statement of these types (`continue_statement` ...) on a way."""
    for point in reversed(trail):
        if point.node is not None and point.node.type in kinds:
            return point.node
    return None


def inside(node: Node, scope: Node) -> bool:
    """Does a node lie in another?"""
    return scope.start_byte <= node.start_byte < scope.end_byte

"""Stateful operations of RMM 2.0: which commands start one, what carries it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import address_of, path_of, prints, strip, text
from linter.source.nodes import WARNS, callee, takes_status
from rules.abi import version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

# commands of which an RMM is known to answer RMI_INCOMPLETE
_STATEFUL = frozenset(
    {
        "GPT_L1_CREATE",
        "GPT_L1_DESTROY",
        "GRANULE_RANGE_DELEGATE",
        "GRANULE_RANGE_UNDELEGATE",
        "GRANULE_TRACKING_SET",
        "PDEV_CREATE",
        "PDEV_DESTROY",
        "PSMMU_ACTIVATE",
        "PSMMU_DEACTIVATE",
        "PSMMU_ST_L2_CREATE",
        "PSMMU_ST_L2_DESTROY",
        "REC_CREATE",
        "REC_DESTROY",
        "RTT_DATA_MAP",
        "RTT_DATA_UNMAP",
        "RTT_DEV_MAP",
        "RTT_DEV_UNMAP",
        "RTT_UNPROT_UNMAP",
    }
)
_COMMAND = regex(r"\bSMC_RMI_([A-Z0-9_]+)\b")
_INVOKE = regex(r"smccc|(?:^|_)(?:smc|hvc)(?:_|$)|_invoke(?:_|$)|^invoke_")
_CARRIES_ON = regex(
    r"(?:^|_)(?:cancel\w*|abort|continue|resume|donate|reclaim|drive|finish|sro|op)(?:_|$)"
)
_OUTPUT = regex(r"(?:\.|->)a[1-9]\d*$")
_CANCELS = regex(r"(?:^|_)cancel(?:_|$)|^SMC_RMI_OP_CANCEL$")


class Started(NamedTuple):
    """A call that starts a command; `block` is the variable its registers come back in."""

    site: Site
    command: str
    block: str


def speaks_two(function: Function) -> bool:
    """Is the code written for RMM 2.0, where commands may be left incomplete?"""
    known = version(function.world)
    if not known:
        return b"RMI_INCOMPLETE" in function.unit.source
    return known.startswith("2")


def started(facts: Facts) -> Iterator[Started]:
    """Every SMC of a function that may start a stateful operation."""
    for site in facts.sites:
        if not _INVOKE.search(site.name.lower()):
            continue
        command = _command(facts, site)
        outs = [path for _, path in site.call.out_args()]
        if command in _STATEFUL and outs:
            yield Started(site, command, outs[-1])


def _command(facts: Facts, site: Site) -> str:
    """The command that a call invokes, from its arguments or from the block they stand in."""
    for arg in site.call.args:
        if found := _COMMAND.search(text(arg)):
            return found[1]
    for arg in site.call.args[:1]:
        block = address_of(arg)
        for at in facts.reaching(site.point, f"{block}.a0") if block else ():
            if found := _COMMAND.search(text(at.definition.value)):
                return found[1]
    return ""


def carries_on(facts: Facts, point: Point, block: str = "") -> bool:
    """Does a point go on with an operation, end it, or hand its block or handle to somebody?"""
    known = {block, *_handles(facts, block)} if block else set()
    for call in facts.effects(point).calls:
        if call.name in WARNS or prints(call.name) or call.name.isupper():
            continue
        if _CARRIES_ON.search(call.name) or facts.world.is_firmware(call.name, facts.function):
            return True
        if any(_hands(arg, name) for arg in call.args for name in known):
            return True
    return False


def _handles(facts: Facts, block: str) -> set[str]:
    """The variables that the handle in a block is copied to."""
    return {
        d.name
        for point in facts.points
        for d in facts.effects(point).defs
        if d.value is not None and path_of(strip(d.value)) == f"{block}.a1"
    }


def stores_handle(facts: Facts, point: Point, block: str) -> bool:
    """Does a point put the handle where the caller finds it?"""
    return any(
        not d.name.isidentifier() and d.value is not None and _hands(d.value, block)
        for d in facts.effects(point).defs
    )


def cancels(facts: Facts, point: Point) -> bool:
    """Does a point cancel an operation?"""
    if any(_CANCELS.search(call.name) for call in facts.effects(point).calls):
        return True
    return point.node is not None and point.kind != "join" and _names_cancel(point.node)


def _names_cancel(node: Node) -> bool:
    return node.type.endswith(("statement", "declaration")) and "SMC_RMI_OP_CANCEL" in text(node)


def _hands(node: Node, block: str) -> bool:
    """Is this the register block, or the register that the handle is in?"""
    node = strip(node)
    return address_of(node) == block or path_of(node) in (block, f"{block}.a1")


def status_of_block(facts: Facts, point: Point, name: str) -> str:
    """The local block whose status a variable holds, '' if that is not known."""
    own = name.removesuffix(".a0")
    if own != name:
        return own if own.isidentifier() and facts.function.param(own) is None else ""
    for at in facts.reaching(point, name):
        value = None if at.definition.value is None else strip(at.definition.value)
        if value is not None and value.type == "call_expression":
            if not takes_status(callee(value)):
                continue
            inner = value.child_by_field_name("arguments")
            value = strip(inner.named_children[0]) if inner and inner.named_children else value
        path = path_of(value) if value is not None else ""
        if path.endswith(".a0") and path[:-3].isidentifier():
            return path[:-3]
    return ""


def output_register(facts: Facts, point: Point, path: str, depth: int = 3) -> str:
    """The output register (x1 and up) that a path is at a point, or is a copy of; or ''."""
    if _OUTPUT.search(path):
        return path
    for at in facts.reaching(point, path) if path and depth else ():
        value = at.definition.value
        copied = path_of(strip(value)) if value is not None else ""
        if found := output_register(facts, at.point, copied, depth - 1):
            return found
    return ""


def callers(function: Function) -> Iterator[Function]:
    """The functions at hand that call this one."""
    for unit in function.world.units:
        if function.name.encode() not in unit.source:
            continue
        for other in unit.functions:
            if other.name == function.name or function.name.encode() not in other.source:
                continue
            if any(site.name == function.name for site in other.facts.sites):
                yield other

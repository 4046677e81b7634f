"""output-registers-lost: the caller's registers go in, only the status comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import address_of, path_of, strip, text
from linter.source.nodes import arguments, callee, takes_status
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-OUT-LOST",)
WORDS = (RMI, ("arm_smccc_",), (".a0",))
NEEDS = FUNCTION
TITLE = "The caller's registers go into the SMC, but of its outputs only the status comes back"
WHY = (
    "A command answers in x1 and up as well: how far it got, which granule it gave back. The "
    "helper takes any command its caller puts into the registers, so the first caller that "
    "needs an output reads its own input instead."
)
FIX = "Copy the registers back into the caller's block before the status is returned."
EVIDENCE = ("review of [PATCH v14] rmi_sro_execute(); the same code is in [PATCH v13 48/48]",)

_BLOCK = regex(r"^(?:const\s+)?struct\s+arm_smccc_\w*(?:regs|res)$")
_SMC = regex(r"smccc|(?:^|_)(?:smc|hvc|invoke)(?:_|$)")


def check(function: Function) -> Iterator[Finding]:
    pointers = {p.name for p in function.params if p.pointer and p.name}
    if not pointers or "const" in function.result:
        return
    facts = function.facts
    for site in facts.sites:
        given = _given(facts, site, pointers)
        block = _local_out(facts, site)
        if not given or not block or _goes_back(facts, block, pointers):
            continue
        returned = [p for p in facts.points if p.kind == "return" and _is_status(facts, p, block)]
        if not returned:
            continue
        end = returned[-1]
        assert end.node is not None
        yield function.finding(
            end.node,
            f"`{given}` of the caller goes into the command, but its outputs stay in the local "
            f"`{block}`: the caller gets the status, and {block}.a1 and up are lost",
            related=[function.place(site.node, f"`{block}` is filled here")],
        )
        return


def _given(facts: Facts, site: Site, pointers: set[str]) -> str:
    """The register block of the caller that an SMC is given, '' if it is given none."""
    if not _SMC.search(site.name) or not site.call.args:
        return ""
    return _of_caller(facts, site.point, strip_address(site, 0), pointers, 3)


def strip_address(site: Site, index: int) -> str:
    """The path of an argument `x` or `&x`."""
    node = site.call.args[index]
    return address_of(node) or path_of(strip(node))


def _of_caller(facts: Facts, point: Point, path: str, pointers: set[str], depth: int) -> str:
    """The block of the caller that a path is, or was copied from."""
    root = path.lstrip("*").split("->")[0].split(".")[0]
    if root in pointers and facts.function.param(root) is not None:
        kind = facts.function.type_of(root)
        if "->" in path or _BLOCK.match(kind.removesuffix("*").strip()):
            return path
        return ""
    if not depth or not path.isidentifier():
        return ""
    found = set()
    for at in facts.reaching(point, path):
        value = at.definition.value
        if at.definition.how not in ("init", "assign") or value is None:
            continue
        source = address_of(value) or path_of(strip(value))
        if source and source != path:
            found.add(_of_caller(facts, at.point, source, pointers, depth - 1))
    return found.pop() if len(found) == 1 else ""


def _local_out(facts: Facts, site: Site) -> str:
    """The local register block that an SMC fills, '' if it fills another."""
    outs = site.call.out_args()
    if not outs:
        return ""
    block = outs[-1][1]
    kind = facts.function.type_of(block) if block.isidentifier() else ""
    return block if _BLOCK.match(kind) and facts.function.param(block) is None else ""


def _goes_back(facts: Facts, block: str, pointers: set[str]) -> bool:
    """Is the block, or an output in it, put where the caller finds it?"""
    for point in facts.points:
        for definition in facts.effects(point).defs:
            value = definition.value
            if value is None or definition.name.isidentifier():
                continue
            root = definition.name.lstrip("*").split("->")[0].split(".")[0]
            source = path_of(strip(value))
            outside = root != block and not (root.isidentifier() and _is_local(facts, root))
            if outside and (source == block or source.startswith(f"{block}.a")):
                return True
        for call in facts.effects(point).calls:
            if not call.name.startswith(("memcpy", "__memcpy")) or len(call.args) < 2:
                continue
            if address_of(call.args[1]) == block:
                return True
    return False


def _is_local(facts: Facts, name: str) -> bool:
    """Is this a variable of the function that is no pointer?"""
    kind = facts.function.type_of(name)
    return (
        facts.function.param(name) is None
        and bool(_BLOCK.match(kind))
        and not any(text(at.definition.node).startswith("*") for at in facts.defs(name))
    )


def _is_status(facts: Facts, point: Point, block: str) -> bool:
    """Does a return give the status of the block, and nothing else of it?"""
    node = point.node
    inner = [c for c in node.named_children if c.type != "comment"] if node is not None else []
    if len(inner) != 1:
        return False
    value = strip(inner[0])
    if value.type == "call_expression" and takes_status(callee(value)):
        value = strip((arguments(value) or [value])[0])
    path = path_of(value)
    if path == f"{block}.a0":
        return True
    sources = facts.sources(point, path) if path.isidentifier() else []
    return any(
        at.definition.value is not None and f"{block}.a0" in text(at.definition.value)
        for at in sources
    )

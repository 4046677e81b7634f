"""out-value-on-error: an out-value is read where the callee may not have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.expr import path_of, prints, strip, text
from linter.source.nodes import WARNS, callee
from rules.outs import read, reads_unset
from rules.registry import FUNCTION, RMI
from rules.vocabulary import calls_around, failures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("OUT-ON-ERROR", "RMI-OUT-UNINIT", "UNINIT-OUT")
WORDS = (RMI, ("&", "*"))
NEEDS = FUNCTION
TITLE = "an out-value is read although the call that writes it may have failed or not been made"
WHY = (
    "The callee writes through the pointer only where it succeeds. On the other way the caller "
    "reads what happened to be on the stack."
)
FIX = "Test the result first, or give the variable a value before the call."
EVIDENCE = (
    "Aneesh Kumar K.V and the kernel test robot on [PATCH v4 18/43]: top_ipa goes to user space",
    "realm_set_ipa_state() in v9 and later reads *top_ipa whatever ripas_change() returned",
    "not this rule: a read under the test for success ([PATCH v7 18/45], withdrawn)",
)

# Types of which 0 is a value like any other.
_NUMBER = regex(
    r"(?:(?:unsigned|signed|long|short|int)\s*)+|[us](?:8|16|32|64)|size_t|g[fp]a_t|phys_addr_t"
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    bad = [
        (site, name, nodes, message)
        for site in facts.sites
        if facts.world.is_firmware(site.name, function)
        for index, name in _outs(function, site)
        for nodes, message in _reads(facts, site, index, name)
    ]
    reported: set[tuple[str, int]] = set()
    for site, name, (node, *_), message in bad:
        if (name, node.start_byte) in reported:
            continue
        reported.add((name, node.start_byte))
        written = function.place(site.node, f"{site.name}() writes it here")
        reads = [read for _, other, nodes, _ in bad if other == name for read in nodes]
        edits = _start_value(facts, name) if all(map(_is_printed, reads)) else []
        yield function.finding(node, message, related=[written], edits=edits)


def _reads(facts: Facts, site: Site, index: int, name: str) -> Iterator[tuple[list[Node], str]]:
    """Reads of the out-value that the call has not written, with what is wrong about them."""
    when = facts.world.out_written(site.name, index, facts.function)
    if when in ("success", "sometimes"):
        before = facts.reaching(site.point, name)
        preset = [hit for hit in before if hit.definition.how not in ("decl", "out")]
        nodes = [*_reads_after_failure(facts, site, index, name, when, tests_only=bool(preset))]
        if preset:
            line = facts.function.line(preset[0].definition.node)
            message = f"where {site.name}() failed, `{name}` still has the value of line {line}: "
            message += "it is written only on success, so this test is decided before the call"
        else:
            message = f"{site.name}() may have failed before `{name}` is read here, and it "
            message += f"writes `{name}` only where it succeeds"
        if nodes:
            yield nodes, message
    nodes = [*reads_unset(facts, name)]
    if nodes:
        message = f"`{name}` is read here on a way on which {site.name}() was never called, and "
        yield nodes, message + "nothing else has written it"


def _is_printed(node: Node) -> bool:
    """Is a read an argument of a message, which decides nothing?"""
    call = next(calls_around(node), None)
    return call is not None and prints(callee(call)) and callee(call) not in WARNS


def _start_value(facts: Facts, name: str) -> list[Amendment]:
    """`= 0` where a number is declared: for a message any value does, but the stack's own."""
    declared = [at.definition.node for at in facts.defs(name) if at.definition.how == "decl"]
    whole = _NUMBER.fullmatch(facts.function.type_of(name)) is not None
    plain = len(declared) == 1 and declared[0].type == "identifier"
    return [replace(declared[0], f"{name} = 0")] if whole and plain else []


def _outs(function: Function, site: Site) -> Iterator[tuple[int, str]]:
    """(argument index, path that is written) of `&x` and of pointers handed on."""
    yield from site.call.out_args()
    for index, arg in enumerate(site.call.args):
        param = function.param(path_of(strip(arg)))
        if param is not None and param.pointer:
            yield index, f"*{param.name}"


def _reads_after_failure(
    facts: Facts, site: Site, index: int, name: str, when: str, *, tests_only: bool
) -> Iterator[Node]:
    """Reads of the out-value that a failing result of the call reaches.

    With `tests_only` a comparison by order under the failure: a value that
    was set before the call may be a default, but a test of it decides nothing.
    A callee that writes `sometimes` may write for a status the code asks for.
    """
    status = site.call.result
    besides = facts.world.written_besides(site.name, index, facts.function)
    for walk in failures(facts, site, besides):
        for point, state in walk:
            value = state.get(status)
            node = read(facts, point, name, {status: value})
            if value.zero or (when == "sometimes" and value.eq):
                walk.skip()
            elif node is not None and (not tests_only or _is_order(node)):
                yield node
            elif point is site.point or facts.writes(point, name):
                walk.skip()


def _is_order(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "binary_expression"
        and text(parent.child_by_field_name("operator")) in ("<", "<=", ">", ">=")
    )

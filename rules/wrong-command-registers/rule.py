"""wrong-command-registers: a command is given, or asked for, registers that it does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import address_of, constant, strip, text
from rules.abi import command_name, of_name, version
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function
    from rules.abi_commands import Command


SEVERITY = "warning"
CATALOGUE = ("RMI-WRAPPER-OUT",)
WORDS = (RMI, ("RMI_",), ("smccc", "regs", "sro", "args", "res"))
NEEDS = PART
TITLE = "a wrapper passes or reads a register that the command does not have"
WHY = (
    "A register that is not passed holds what happened to be in it, and the RMM takes that for "
    "the argument; a register that is no output of the command is zero or stale, never an answer."
)
FIX = "Pass every input of the command, and read only its outputs, in their order."
EVIDENCE = ("own reading, against the command tables of RMM 1.0 and 2.0",)

_INVOKE = regex(r"^(?:__)?arm_smccc_1_1_(?:invoke|smc|hvc)$")
_INSIDE = regex(r"\barm_smccc_1_1_(?:invoke|smc|hvc)\(__VA_ARGS__")
_EIGHT = regex(r"^(?:__)?arm_smccc_(?:smc|hvc)$")  # all registers, then the result
_BLOCK = regex(r"smccc|^_*rmi_")  # what may take registers in a structure
_REGISTER = regex(r"^.+(?:\.|->)a([1-9]\d?)$")
_STATEFUL = regex(rb"INCOMPLETE|MEMREQ|CANCEL|_sro|donate|reclaim")
_REGISTERS = 18  # of SMCCC 1.2


class Sent(NamedTuple):
    """A command on its way: `passed` arguments; `exact`: what is not passed is undefined."""

    node: Node
    known: list[Command]  # its variants
    passed: int
    exact: bool


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    major = version(function.world)[:1]
    sent: dict[Node, Sent] = {}  # by the call that makes the SMC
    for site in facts.sites:
        found = _listed(facts, site.call, major) or _in_block(facts, site, major)
        if found is not None:
            sent[site.node] = found
            if what := _arguments(found):
                yield function.finding(found.node, what)
    if sent:
        yield from _outputs(function, sent)


def _commands(node: Node | None, major: str) -> list[Command]:
    """What is known of the command whose function identifier an expression is."""
    name = text(strip(node)) if node is not None else ""
    command = command_name(name) if name.isidentifier() else ""
    # code that goes from one version to the next calls commands of both for a while
    known = of_name(command, major) or of_name(command)
    return known if all(c.inputs is not None for c in known) else []


def _listed(facts: Facts, call: Call, major: str) -> Sent | None:
    """The command of `arm_smccc_1_1_invoke(SMC_RMI_X, a, b, &res)`, or of a macro around it."""
    named = [(at, found) for at, arg in enumerate(call.args) if (found := _commands(arg, major))]
    if not named:
        return None
    at, known = named[0]
    given = call.args[at + 1 :]
    if _INVOKE.match(call.name):
        return Sent(call.node, known, len(given) - 1, True)
    if _EIGHT.match(call.name):
        return Sent(call.node, known, _meant(given[:-1]), False)
    around = facts.world.define(call.name)
    if around is None or "__VA_ARGS__" not in around[1].value:
        return None
    if given and address_of(given[-1]):
        given = given[:-1]
    exact = bool(_INSIDE.search(around[1].value))
    return Sent(call.node, known, len(given) if exact else _meant(given), exact)


def _meant(given: Sequence[Node | None]) -> int:
    """The number of arguments up to the last that is not a plain 0."""
    meant = [at for at, node in enumerate(given, 1) if node is not None and constant(node) != "0"]
    return max(meant, default=0)


def _in_block(facts: Facts, site: Site, major: str) -> Sent | None:
    """The command of `regs = { SMC_RMI_X, a, b }; arm_smccc_1_2_invoke(&regs, &regs)`."""
    if not _BLOCK.search(site.name) or not site.call.args:
        return None
    base = address_of(site.call.args[0])
    known = _commands(_register(facts, site.point, base, 0), major) if base else []
    if not known:
        return None
    values = [_register(facts, site.point, base, number) for number in range(1, _REGISTERS)]
    return Sent(site.node, known, _meant(values), False)


def _register(facts: Facts, point: Point, base: str, number: int) -> Node | None:
    """The value that a register of the block has at the call, None if it is not one."""
    path = f"{base}.a{number}"
    hits = [at.definition for at in facts.reaching(point, path)]
    values = [d.value if d.name == path else _element(d.value, number) for d in hits]
    return values[0] if len(values) == 1 else None


def _element(node: Node | None, number: int) -> Node | None:
    """The element of an initialiser that is meant for a register."""
    if node is not None and node.type == "compound_literal_expression":
        node = node.child_by_field_name("value")
    if node is None or node.type != "initializer_list":
        return None
    for at, child in enumerate(c for c in node.named_children if c.type != "comment"):
        if child.type == "initializer_pair":
            if text(child.child_by_field_name("designator")) == f".a{number}":
                return child.child_by_field_name("value")
        elif at == number:
            return child
    return None


def _arguments(sent: Sent) -> str:
    """What is wrong with the number of arguments, '' if some variant of the command has it."""
    variants = {len(command.inputs or ()) for command in sent.known}
    if sent.passed in variants:
        return ""
    inputs = min((c.inputs or () for c in sent.known), key=len)
    name = f"RMI_{sent.known[0].name}"
    takes = f"{name} takes {', '.join(inputs)}" if inputs else f"{name} takes no argument"
    if sent.passed > max(variants):
        last = f"X{sent.passed}"
        return f"{takes}, and {sent.passed} arguments are passed: the RMM does not read {last}"
    if not sent.exact or sent.passed > len(inputs):
        return ""
    missing = [f"X{at} for {what}" for at, what in enumerate(inputs, 1) if at > sent.passed]
    passed = {0: "none is", 1: "only one is"}.get(sent.passed, f"only {sent.passed} are")
    return f"{takes}, and {passed} passed: the RMM finds {' and '.join(missing)} undefined"


def _outputs(function: Function, sent: dict[Node, Sent]) -> Iterator[Finding]:
    """The reads of registers that hold no output of the command that ran."""
    facts = function.facts
    stateful = bool(_STATEFUL.search(function.source))
    for point in facts.points:
        for path, node in facts.effects(point).uses:
            register = _REGISTER.match(path)
            if register is None:
                continue
            ways = [at.definition for at in facts.reaching(point, path)]
            calls = [d.call.node for d in ways if d.call is not None]
            if not calls or len(calls) < len(ways) or any(c not in sent for c in calls):
                continue
            known = [command for call in calls for command in sent[call].known]
            # what a resumed operation answers with is that of the command it resumes
            if any(command.name.startswith("OP_") for command in known):
                continue
            least = 2 if stateful and version(function.world) != "1.0" else 0  # handle, request
            outputs = max((command.outputs or () for command in known), key=len)
            if int(register[1]) > max(len(outputs), least):
                has = f"{len(outputs)} ({', '.join(outputs)})" if outputs else "none besides X0"
                yield function.finding(
                    node,
                    f"{path} is no output of RMI_{known[0].name}, which has {has}: the register "
                    "holds zero or what was in it before",
                    related=[function.place(calls[0], "the command")],
                )

"""Runs rules over one unit, and makes their findings complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.finding import Finding
from linter.plain import plain_error
from rules.registry import FILE, FUNCTION, LINE, PART, SERIES, Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.source.unit import Function, Unit

_DEEP = 150  # blocks in blocks: past what a person nests, far below what Python recurses


def findings_of(unit: Unit, rules: list[Rule], functions: list[Function]) -> Iterator[Finding]:
    """Everything the rules say of a unit and of the given functions of it."""
    found: list[tuple[Rule, Finding]] = []
    for rule in rules:
        if rule.needs == SERIES or not rule.wants(unit.source):
            continue
        if rule.needs in (FUNCTION, PART):
            for function in functions if rule.needs == FUNCTION else [*functions, *unit.parts]:
                found.extend((rule, f) for f in _of_function(rule, function, unit))
            for macro in unit.macros:
                if rule.wants_body(macro.function.source):
                    found.extend((rule, f) for f in run_rule(rule, macro.function))
        elif rule.needs == LINE or (rule.needs == FILE and not unit.fragment):
            found.extend((rule, f) for f in run_rule(rule, unit))
    return stamped(found)


def stamped(found: list[tuple[Rule, Finding]]) -> Iterator[Finding]:
    """Gives each new finding its fingerprint, and what its rule says of all."""
    # those of a function that lives on have theirs (two may share a name, under `#if`)
    taken = {finding.fingerprint for _, finding in found if finding.rule}
    ordinals: dict[tuple[str, str, str], int] = {}
    told: set[tuple[str, int, int, str]] = set()
    for rule, finding in found:
        place = (rule.name, finding.line, finding.column, finding.message)
        if place in told:
            continue  # seen from an inner and from an outer loop
        told.add(place)
        if not finding.rule:
            key = (rule.name, finding.function, finding.fingerprint)
            ordinal = ordinals.get(key, 0) + 1
            while (own := fingerprint(*key, ordinal)) in taken:
                ordinal += 1
            ordinals[key] = ordinal
            finding.fingerprint = own
            finish(finding, rule)
        yield finding


def _of_function(rule: Rule, function: Function, unit: Unit) -> list[Finding]:
    if not rule.wants_body(function.source):
        return []
    function.world.refresh(function)
    known = function.findings.get(rule.name)
    if known is None:
        try:
            known = run_rule(rule, function)
        except RecursionError as error:
            if _depth(function.source) < _DEEP:
                raise _failed(rule, function, error) from error
            known = []  # nobody's code, and not ours to fall over
            span = (function.lines.start, function.lines.stop - 1)
            if span not in unit.unparsed:
                unit.unparsed.append(span)
        function.findings[rule.name] = known
    return known


def _depth(source: bytes) -> int:
    """How deep brackets nest in a text, about."""
    depth = deepest = 0
    for byte in source:
        if byte in b"({[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b")}]":
            depth -= 1
    # `else if` and `a + b + c` nest without brackets
    return max(deepest, source.count(b"else if"), source.count(b" + ") // 4)


def run_rule(rule: Rule, target: object) -> list[Finding]:
    """What a rule says of its target; RuleError if it raises, whatever that is."""
    try:
        given = rule.check(target)
        if not hasattr(given, "__iter__"):
            raise TypeError(f"check() gave {given!r:.60}; yield each finding")
        found = list(given)
        if wrong := [f for f in found if not isinstance(f, Finding)]:
            raise TypeError(f"{wrong[0]!r:.60} is no Finding")
        return found
    except RecursionError:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(rule, target, error) from error


def _failed(rule: Rule, target: object, error: BaseException) -> RuleError:
    """Says on one line which rule failed where and on what: never a clean result."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith("rule.py"):
            line = trace.tb_lineno
        trace = trace.tb_next
    path, name = getattr(target, "path", ""), getattr(target, "name", "")
    where = f"{path}: {name}()" if name else path
    at = f" ({rule.folder}/rule.py:{line})" if line else ""
    return RuleError(f"rule {rule.name}{at} failed on {where}: {plain_error(error)}")


def finish(finding: Finding, rule: Rule) -> Finding:
    """Fills what the rule says of all its findings."""
    finding.rule = rule.name
    finding.severity = finding.severity or rule.severity
    finding.catalogue = finding.catalogue or rule.catalogue
    finding.why = finding.why or rule.why
    finding.fix = finding.fix or rule.fix
    finding.evidence = finding.evidence or rule.evidence
    return finding


def fingerprint(rule: str, function: str, statement: str, ordinal: int) -> str:
    """Sixteen hex digits that survive a re-post of the series.

    Neither path nor line counts: files are renamed and code moves.
    """
    from hashlib import sha256

    text = "\0".join((rule, function, statement, str(ordinal)))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]

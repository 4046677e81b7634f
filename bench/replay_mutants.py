"""Does anything notice a wrong model?  Mutants of the tables and of the effects.

    python bench/replay_mutants.py [--jobs N] [--rmi VERSION] [--tests] TRACE...

Each mutant is the model with one fault:

    condition  a row of a table is missing
    order      an edge of a partial order is missing, or points the other way; two
               neighbours of a sequence changed places
    effect     a statement of an effect is missing

It is caught by a trace if a verdict or a checkpoint comes out otherwise than
without it; with `--tests` those that no trace catches are tried on the project's
tests of the model and on the conformance cases (not on those that compare the
tables with the facts).  Equivalent mutants are counted apart, with the reason:
rows of an order that demand the same result, or of which the one takes away what
the other is about (no RD, no walk).  The mutants that live are listed.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from replay.engine import Engine
from replay.rmm.effects.registry import effects_of
from replay.spec.commands import commands_of
from replay.spec.generate import read_file, tables
from replay.spec.source import Expr, Row, Source
from replay.spec.table import Command
from replay.verdict import Difference
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

Items = list[Smc | Event]


@dataclass(frozen=True)
class Mutant:
    """One fault.  `what` names it; `rmi` is the version whose model has it."""

    kind: str
    rmi: str
    what: str
    part: str  # command or effect
    detail: Any


def outcomes(header: Header, items: Items, prepare: Callable[[Engine], None]) -> Iterator[object]:
    """What the judge says, item by item: kinds of verdicts, texts of differences."""
    engine = Engine(header)
    prepare(engine)
    for item in items:
        try:
            if isinstance(item, Smc):
                verdict = engine.judge(item)
                yield verdict.kind, verdict.notes, verdict.permitted
            else:
                found = engine.event(item)
                yield [d.text if isinstance(d, Difference) else d.why for d in found]
        except Exception as error:  # a mutant may break the model: that is noticed too
            yield repr(error)
            return


# --- mutants --------------------------------------------------------------------


def conditions(commands: list[Command], rmi: str) -> Iterator[Mutant]:
    """Every row of every table, missing."""
    for command in commands:
        for part in (command, *command.stages.values()):
            for bit, row in enumerate(part.conditions):
                if not row.permits:
                    yield Mutant("condition", rmi, f"{part.name}.{row.id}", part.name, bit)


def orders(commands: list[Command], rmi: str) -> Iterator[Mutant]:
    """Every edge, missing or turned round; neighbours of a sequence, swapped."""
    for command in commands:
        rows = [row.id for row in command.conditions]
        for first, later in command.order:
            for a in first:
                for b in later:
                    i, j = rows.index(a), rows.index(b)
                    what = f"{command.name}.{a}<{b}"
                    yield Mutant("order", rmi, f"{what} turned", command.name, ("turn", i, j))
                    yield Mutant("order", rmi, f"{what} missing", command.name, ("drop", i, j))
        if command.sequence:
            for i in range(len(rows) - 1):
                one, two = command.conditions[i : i + 2]
                if one.permits or two.permits:
                    continue  # a `may` row has no place in the order
                if (one.status, one.index) != (two.status, two.index):
                    what = f"{command.name}.{one.id}<{two.id} swapped"
                    yield Mutant("order", rmi, what, command.name, ("swap", i, i + 1))


def effects(commands: list[Command], rmi: str) -> Iterator[Mutant]:
    """Every statement of the commands' effects that changes something, missing."""
    used = {part.effect for c in commands for part in (c, *c.stages.values())}
    for name, function in effects_of(rmi).items():
        if not {name, name.rpartition("_")[0]} & used:
            continue  # neither an effect of this version nor a hook of one
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for number, node in enumerate(_changes(tree)):
            text = ast.unparse(node).splitlines()[0]
            yield Mutant("effect", rmi, f"{name}: {text}", name, number)


def _changes(tree: ast.Module) -> list[ast.stmt]:
    """Statements that write an attribute or an item, delete one, or only call."""
    found: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Delete) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ):
            found.append(node)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Attribute | ast.Subscript) for t in targets):
                found.append(node)
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


class _Drop(ast.NodeTransformer):
    def __init__(self, gone: ast.stmt) -> None:
        self.gone = gone

    def visit(self, node: ast.AST) -> Any:
        if node is self.gone:
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def without(function: Callable[..., Any], number: int) -> Callable[..., Any]:
    """The effect without its `number`th change."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    done = ast.fix_missing_locations(_Drop(_changes(tree)[number]).visit(tree))
    module = import_module(function.__module__)
    scope: dict[str, Any] = dict(vars(module))
    exec(compile(done, f"<{function.__name__} without {number}>", "exec"), scope)
    mutant: Callable[..., Any] = scope[function.__name__]
    return mutant


def changed(command: Command, mutant: Mutant) -> Command:
    """The command with the mutant's fault, in itself or in one of its stages."""
    if command.name != mutant.part:
        stages = {
            name: changed(stage, mutant) if stage.name == mutant.part else stage
            for name, stage in command.stages.items()
        }
        return replace(command, stages=stages)
    judge = command.judge
    if mutant.kind == "condition":
        gone = mutant.detail

        def fewer(m: Any, x: Any) -> Any:
            held, objects = judge(m, x)
            return [row for row in held if row[0] != gone], objects

        return replace(command, judge=fewer)
    how, i, j = mutant.detail
    if how == "swap":

        def swapped(m: Any, x: Any) -> Any:
            held, objects = judge(m, x)
            rank = {i: j, j: i}
            return sorted(held, key=lambda row: rank.get(row[0], row[0])), objects

        return replace(command, judge=swapped)
    before = list(command.before)
    before[j] &= ~(1 << i)
    if how == "turn":
        before[i] |= 1 << j
    return replace(command, before=tuple(before))


def prepare(mutant: Mutant | None) -> Callable[[Engine], None]:
    """What makes an engine one with the fault."""

    def do(engine: Engine) -> None:
        if mutant is None:
            return
        if mutant.kind == "effect":
            function = engine.effects[mutant.part]
            engine.effects[mutant.part] = without(function, mutant.detail)
            return
        name = mutant.part.partition("/")[0]
        for fid, command in engine.commands.items():
            if command.name == name:
                engine.commands[fid] = changed(command, mutant)

    return do


# --- equivalence ------------------------------------------------------------------


def equivalent(mutant: Mutant) -> str:
    """Why a mutant of a row or an order cannot be told from the model; empty if it can."""
    source = next((s for s in _sources(mutant.rmi) if s.name == mutant.part), None)
    if source is None or mutant.kind == "effect":
        return ""
    if mutant.kind == "condition":
        never = source.rows[mutant.detail].when.text == "False"
        return "nothing in a trace shows whether it holds" if never else ""
    _, i, j = mutant.detail
    first, later = source.rows[i], source.rows[j]
    if "rmm_state" in (first.id, later.id):
        return "the gate of the command has answered before"
    if first.status == later.status and _text(first.index) == _text(later.index):
        return "both demand the same result"
    if _apart(source, first, later) or _apart(source, later, first):
        return "they never hold together: the one takes away what the other is about"
    return _KNOWN.get((mutant.part, first.id, later.id), "")


def _sources(rmi: str) -> list[Source]:
    if rmi not in _tables:
        folder = f"rmm-{rmi}"
        _tables[rmi] = [s for p in tables(folder) for s in read_file(folder, p.name)]
    return _tables[rmi]


_tables: dict[str, list[Source]] = {}
# Functions whose object, or answer, needs what an address must be.
_NEEDS = {
    "RD": ("Realm", "RttWalk", "realm_is_live"),
    "REC": ("Rec",),
    "PDEV": ("Pdev",),
    "VDEV": ("Vdev",),
    "NS": ("RecRun",),
    "IPA": ("RttWalk",),
}
_KNOWN = {
    ("RMI_RTT_CREATE", "level_bound", "rtte_state"): "a walk for level 4 ends in a level 3 table, "
    "where no entry is TABLE",
}


def _apart(source: Source, row: Row, other: Row) -> bool:
    """Whether `row` says that an address is not what it must be, and `other` needs that it is."""
    match row.when.tree:
        case ast.UnaryOp(
            ast.Not(),
            ast.Call(ast.Name("granule_aligned" | "delegable" | "ns_access"), [ast.Name(name)]),
        ):
            kinds = ["RD", "REC", "NS"]
        case ast.UnaryOp(
            ast.Not(), ast.Call(ast.Name("is_granule"), [ast.Name(name), ast.Name(state)])
        ):
            kinds = [state]
        case ast.Compare(
            ast.Call(ast.Name("gstate"), [ast.Name(name)]), [ast.NotEq()], [ast.Name(state)]
        ):
            kinds = [state]
        case ast.Compare(ast.Name(name), [ast.GtE()], [ast.BinOp(_, ast.LShift(), _)]):
            kinds = ["IPA"]
        case _:
            return False
    about = _calls(source, other)
    return any((function, name) in about for kind in kinds for function in _NEEDS.get(kind, ()))


def _calls(source: Source, row: Row) -> set[tuple[str, str]]:
    """(function, argument) of the objects that a row asks for, `let`s taken apart."""
    lets = {let.name: let.value.tree for let in source.lets}
    found: set[tuple[str, str]] = set()
    todo: list[ast.expr] = [row.when.tree]
    while todo:
        for node in ast.walk(todo.pop()):
            match node:
                case ast.Call(ast.Name(function), arguments):
                    found |= {(function, a.id) for a in arguments if isinstance(a, ast.Name)}
                case ast.Name(name) if name in lets:
                    todo.append(lets.pop(name))
    return found


def _text(e: Expr | None) -> str:
    return e.text if e else "0"


# --- the run ----------------------------------------------------------------------


_traces: dict[str, tuple[Header, Items, list[object]]] = {}


def _baseline(path: str) -> tuple[Header, Items, list[object]]:
    if path not in _traces:
        with open(path, "rb") as stream:
            header, *rest = read(stream, name=path)
        assert isinstance(header, Header)
        items = [item for item in rest if isinstance(item, Smc | Event)]
        _traces[path] = header, items, list(outcomes(header, items, prepare(None)))
    return _traces[path]


def caught(mutant: Mutant, paths: list[str]) -> str:
    """Name of the first trace that notices the mutant, or an empty string."""
    for path in paths:
        header, items, usual = _baseline(path)
        if header.rmi != mutant.rmi:
            continue
        for was, now in zip(usual, outcomes(header, items, prepare(mutant)), strict=False):
            if was != now:
                return Path(path).name
    return ""


def fails_tests(mutant: Mutant) -> bool:
    """Whether a test of the model fails with the mutant in every engine; in a child process."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    import pytest

    from replay import engine
    from replay.rmm import respond

    def effects_with(rmi: str) -> dict[str, Callable[..., Any]]:
        found = effects_of(rmi)
        if mutant.kind == "effect" and mutant.part in found:
            found[mutant.part] = without(found[mutant.part], mutant.detail)
        return found

    def commands_with(rmi: str) -> dict[int, Command]:
        found = commands_of(rmi)
        if mutant.kind != "effect" and rmi.startswith(mutant.rmi):  # 2.0-bet3 is a 2.0, too
            name = mutant.part.partition("/")[0]
            found = {f: changed(c, mutant) if c.name == name else c for f, c in found.items()}
        return found

    for module in (engine, respond):
        vars(module).update(effects_of=effects_with, commands_of=commands_with)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    where = ["tests/replay/conformance", "tests/replay/rmm", "tests/replay/test_judge_1_0.py"]
    other = {"1.0": "2", "2.0": "1"}[mutant.rmi]  # major number of the version that is whole
    of_it = f"not {other}.0 and not {other}_0"
    os._exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-k", of_it, *where]))


def _one(job: tuple[Mutant, list[str], bool]) -> tuple[Mutant, str]:
    mutant, paths, tests = job
    if equivalent(mutant):
        return mutant, ""
    by = caught(mutant, paths)
    return mutant, by or ("tests" if tests and fails_tests(mutant) else "")


def mutants(rmi: str) -> list[Mutant]:
    """All mutants of a version."""
    package = f"replay.spec._generated.rmm_{rmi.replace('.', '_')}"
    commands = [c for c in import_module(package).COMMANDS if c.effect and not c.versions]
    return [*conditions(commands, rmi), *orders(commands, rmi), *effects(commands, rmi)]


def main() -> int:
    """Print each mutant that lives, and at the end the table of shares."""
    parser = argparse.ArgumentParser(description="Share of wrong models that something notices.")
    parser.add_argument("traces", nargs="+")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rmi", choices=("1.0", "2.0"), action="append")
    parser.add_argument("--tests", action="store_true", help="try the tests on what is left")
    options = parser.parse_args()
    # Short traces first: most mutants die early.
    paths = sorted(options.traces, key=lambda p: Path(p).stat().st_size)
    made = [m for rmi in options.rmi or ("1.0", "2.0") for m in mutants(rmi)]
    count: Counter[tuple[str, str, str]] = Counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        jobs = [(m, paths, options.tests) for m in made]
        for mutant, by in pool.map(_one, jobs, chunksize=4):
            fate = (
                "equivalent" if equivalent(mutant) else by and (by if by == "tests" else "traces")
            )
            count[mutant.rmi, mutant.kind, fate or "alive"] += 1
            if not fate:
                print(f"alive: {mutant.rmi} {mutant.kind}: {mutant.what}", flush=True)
    print(f"{'':16}{'traces':>8}{'tests':>8}{'alive':>8}{'equivalent':>12}{'caught':>9}")
    for rmi, kind in dict.fromkeys((rmi, kind) for rmi, kind, _ in count):
        traces, tests, left, same = (
            count[rmi, kind, fate] for fate in ("traces", "tests", "alive", "equivalent")
        )
        share = (traces + tests) / max(1, traces + tests + left)
        print(f"{rmi} {kind:12}{traces:>8}{tests:>8}{left:>8}{same:>12}{share:>9.1%}")
    for reason, number in Counter(filter(None, map(equivalent, made))).most_common():
        print(f"equivalent ({number}): {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

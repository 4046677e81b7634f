"""Checks of tables beyond their grammar: ids, orders, names, versions, effects.

Everything raises TableError at the place of the mistake.  Names and argument
counts of expressions are translate.py's.
"""

from __future__ import annotations

import ast
import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from typing import get_args

from replay.rmm import values
from replay.rmm.traits import Traits
from replay.spec import expr
from replay.spec.source import Row, Source, order_masks
from replay.spec.translate import RESERVED
from traces.event import REGISTERS, Rmi

STATUSES = frozenset("RMI_" + name for name in values.STATUS_NAME.values()) | {"SMC_NOT_SUPPORTED"}


def check(source: Source, constants: Iterable[str]) -> None:
    """A command or stage by itself: its names, ids, statuses, orders."""
    _names(source, frozenset(constants))
    for row in source.rows:
        _row(source, row)
    _order(source)
    _sequence(source)
    _traits(source)
    _objects(source)
    _lets(source)
    unknown = set(source.versions) - set(get_args(Rmi))
    if unknown:
        known = ", ".join(get_args(Rmi))
        raise source.spot.error(
            f"expected a version of {known}; found {', '.join(sorted(unknown))}"
        )


def _names(source: Source, constants: frozenset[str]) -> None:
    inputs = [name for name, _ in source.inputs]
    if len(inputs) >= REGISTERS or len(source.outputs) >= REGISTERS:
        raise source.spot.error(f"{source.name}: X1 to X{REGISTERS - 1} are all there is")
    bound = [(name, source.spot) for name in inputs]
    bound += [(let.name, let.value.spot()) for let in source.lets]
    for name, spot in bound:
        if name in RESERVED or keyword.iskeyword(name) or re.fullmatch(r"g\d+", name):
            raise spot.error(f"{name} has a meaning of its own: choose another name")
        if name in constants:
            raise spot.error(f"{name} is a constant of the model: choose another name")
    for let in source.lets:
        if let.name in inputs:
            raise let.value.spot().error(f"{let.name} is an input already")


def _row(source: Source, row: Row) -> None:
    if row.status not in STATUSES:
        raise row.spot.error(f"no such status: {row.status}")
    if row.status == "RMI_SUCCESS" and not row.permits:
        raise row.spot.error(f"{row.id}: a `fail` row cannot demand success")
    for name, value in row.extra:
        if name not in source.outputs:
            raise value.spot().error(f"{name} is no output of {source.name}")


def _order(source: Source) -> None:
    fails = {row.id for row in source.rows if not row.permits}
    for first, later, spot in source.order:
        for name in (*first, *later):
            if name not in fails:
                raise spot.error(f"`order`: there is no `fail` row {name}")
    for i, mask in enumerate(order_masks(source)):
        if mask >> i & 1:
            name = source.rows[i].id
            spot = next(s for first, later, s in reversed(source.order) if name in first + later)
            raise spot.error(f"`order` goes in a circle: {name} would win over itself")


def _sequence(source: Source) -> None:
    fails = [row.id for row in source.rows if not row.permits]
    if source.sequence and source.sequence != fails:
        raise source.spot.error(
            f"{source.name}: `sequence` must list the `fail` rows as they stand: {' '.join(fails)}"
        )
    if source.sequence and source.order:
        raise source.spot.error(f"{source.name}: expected `order` or `sequence`, not both")


def _lets(source: Source) -> None:
    """Every `let` is used, and none needs itself."""
    lets = {let.name: let for let in source.lets}
    uses = {name: set(expr.names(let.value.tree)) & lets.keys() for name, let in lets.items()}
    wanted = {
        name
        for row in source.rows
        for value in (row.when, *row.results())
        for name in expr.names(value.tree)
    }
    wanted |= set(source.effect[1] if source.effect else ())
    reached: set[str] = set()
    waiting = [name for name in lets if name in wanted]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += uses[name]
    for name, let in lets.items():
        if name not in reached and f"let {name}" not in source.inherited:
            raise let.value.spot().error(f"nothing uses {name}")
        seen: set[str] = set()
        todo = list(uses[name])
        while todo:
            inner = todo.pop()
            if inner == name:
                raise let.value.spot().error(f"{name} needs itself")
            if inner not in seen:
                seen.add(inner)
                todo += uses[inner]


def _traits(source: Source) -> None:
    rows = [value for row in source.rows for value in (row.when, *row.results())]
    for value in (*(let.value for let in source.lets), *rows):
        for node in ast.walk(value.tree):
            match node:
                case ast.Attribute(value=ast.Name(id="impl"), attr=name):
                    if not hasattr(Traits, name):
                        raise value.spot(node.col_offset).error(f"no such trait: {name}")


def _objects(source: Source) -> None:
    """What `do` hands to the effect is an input or a `let`."""
    bound = {*(name for name, _ in source.inputs), *(let.name for let in source.lets)}
    for name in source.effect[1] if source.effect else ():
        if name not in bound:
            spot = source.effect_spot or source.spot
            raise spot.error(f"`do` names {name}, which nothing binds")


def check_version(sources: Iterable[Source]) -> None:
    """All commands of a folder: no function number and no name twice in a version."""
    numbers: dict[tuple[int, str], Source] = {}
    called: dict[tuple[str, str], Source] = {}
    for source in sources:
        for version in source.versions or ("",):
            number = numbers.setdefault((source.fid, version), source)
            name = called.setdefault((source.name, version), source)
            for other, what in ((number, f"0x{source.fid:X}"), (name, source.name)):
                if other is not source:
                    raise source.spot.error(f"{what} is {_of(other)} already")


def _of(source: Source) -> str:
    return f"{source.label()} ({source.spot.path}:{source.spot.line})"


def check_effect(source: Source, effects: Mapping[str, Callable[..., object]]) -> None:
    """What `do` names is an effect that takes what `do` gives it."""
    if source.effect is None:
        return
    name, args = source.effect
    spot = source.effect_spot or source.spot
    if name not in effects:
        raise spot.error(f"no such effect: {name}")
    try:
        inspect.signature(effects[name]).bind("m", *args, "got")
    except TypeError as error:
        given = ", ".join(("m", *args, "got"))
        raise spot.error(f"{name}({given}): {error}") from None

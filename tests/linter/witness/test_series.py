"""The functions of real series, with a kernel that knows next to nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from linter.check import lint_mails
from linter.intake.mail import read_path
from linter.source.world import World
from linter.witness.assume import prefixes
from linter.witness.ctype import VOID, CType, Opaque
from linter.witness.run import Run
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Bare, Budget, CallSite, Entry, Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tree_sitter import Node

    from linter.follow import Run as Follow

_CONSTANTS = {"PAGE_SHIFT": 12, "PAGE_SIZE": 4096, "PMD_SIZE": 1 << 21}


class Stub(Bare):
    """A kernel whose every function gives something unknown, and every loop goes round twice."""

    def constant(self, name: str) -> int | Value | None:
        return _CONSTANTS.get(name, 7) if re.search("[A-Z]{2}", name) else None

    def raw(self, name: str) -> Entry | None:
        return _nothing if name in ("BUILD_BUG_ON", "static_assert") else None

    def entry(self, name: str) -> Entry | None:
        return _tested if name in ("WARN_ON", "WARN_ON_ONCE", "KVM_BUG_ON") else _unknown

    def variable(self, name: str) -> str | None:
        return {"current": "struct task_struct *", "kvm_rmi_is_available": "long"}.get(name)

    def loop(self, name: str) -> Loop | None:
        return _twice

    def enter(self, run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
        return lambda: None

    def cleanup(self, run: Run, name: str, address: int, ctype: CType) -> bool:
        return True


def _nothing(run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
    return Value(VOID, 0)


def _tested(run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
    return integer(int(run.truth(args[0])))


def _unknown(run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
    return run.unknown(Opaque(site.name), f"{site.name}()")


def _twice(run: Run, site: CallSite) -> Iterator[None]:
    address, ctype = run.lvalue(site.raw[0])
    for _ in range(2):
        run.store(address, ctype, run.unknown(ctype, site.texts[0]))
        yield


@pytest.fixture(scope="module", params=["v4", "v12", "v13"])
def series(request: pytest.FixtureRequest, shared: Path) -> World:
    """The files of a series at its end, hunks of others behind them."""
    runs: list[Follow] = []
    mails = read_path(str(shared / f"corpus/cca-kvm-{request.param}.mbox"))
    lint_mails(mails, [], None, runs)
    world = World()
    for run in runs:
        for unit in [*run.units.values(), *run.pieces]:
            world.add(unit)
    return world


def test_functions_of_a_series_come_to_an_end(series: World) -> None:
    ended, count = 0, 0
    for unit in series.units:
        for function in unit.functions if not unit.fragment else []:
            count += 1
            todo: list[list[bool]] = [[]]
            for _ in range(6):  # ways through it
                if not todo:
                    break
                given = todo.pop()
                run = Run(series, Stub(), Budget(steps=600, forks=60), given)
                outcome = run.start(function.name)
                assert outcome.reason or outcome.kind == "returned"
                if outcome.kind == "returned":
                    ended += 1
                    break
                todo += prefixes(run.assume.taken, len(given))
    assert count > 80
    assert ended > 0.85 * count

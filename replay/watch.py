"""The trace half of the rules: what the host did wrong, seen beside the judge.

`rules/<name>/watch.py` declares a class `Watch`.  There is one object of it a trace,
made without arguments, and it may have

    COMMANDS    the names of the commands that it wants to see; None, or left out: all
    before(call, rmm)           gives the hazards seen in the model as it was before a call
                                (and before calls that are missing in front of it)
    after(call, verdict, rmm)   and those seen after it
    end(rmm)                    and those of the end, if the trace was read to it

`call` is a `traces.event.Smc` that has returned, `verdict` a `replay.verdict.Verdict`,
`rmm` the model (`replay.rmm.model.Rmm`), to be looked at only.  What they give are
`replay.result.Hazard`s.  A watcher keeps a bounded amount however long the trace is,
works for every version, and says nothing where the evidence may be missing:
`rmm.partial` tells that calls are, and one of `rmm.doubt` that is raised by a question
to the model ends only the method it is asked in.  It is loaded by its path, never the
rule beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from linter.shell import fault
from replay.result import MOST_LINES, Groups, Hazard, kind_of
from replay.spec.commands import FUNCTION
from rules import registry

if TYPE_CHECKING:
    from replay.engine import Engine
    from replay.verdict import Verdict
    from traces.event import Smc

_METHODS = ("before", "after", "end")


class Watcher(NamedTuple):
    """Of a rule, what watches a trace."""

    rule: str
    severity: str
    make: Callable[[], Any]
    commands: frozenset[str] | None = None


_Method: TypeAlias = tuple[Watcher, Callable[..., "Iterable[Hazard] | None"]]


@cache
def watchers() -> tuple[Watcher, ...]:
    """Those of all rules; loaded once.  Raises `rules.registry.RuleError`, which names the file."""
    return tuple(
        Watcher(rule, severity, make, getattr(make, "COMMANDS", None))
        for rule, severity, make in registry.watches()
    )


class Watching:
    """The watchers of one trace, and what they find.

    `told` is told line and text if one fails: it is left out from then on.
    """

    def __init__(
        self,
        watchers: Sequence[Watcher],
        engine: Engine,
        told: Callable[[int, str], None],
        *,
        every: bool = False,
    ) -> None:
        self.hazards: Groups[Hazard] = Groups(every)
        self._engine = engine
        self._told = told
        self._line = 0  # of the last call
        self._watchers = list(watchers)
        self._start()

    def restart(self) -> None:
        """The RMM has started anew: what was seen before it counts no more."""
        self._start()

    def _start(self) -> None:
        self._end: list[_Method] = []
        # By function number; `_any` is for numbers that no table has.
        self._before: dict[int, list[_Method]] = {}
        self._after: dict[int, list[_Method]] = {}
        self._any: tuple[list[_Method], list[_Method]] = ([], [])
        for watcher in self._watchers.copy():
            self._add(watcher)

    def before(self, call: Smc) -> None:
        """A call is about to be judged."""
        self._line = call.line
        methods = self._before.get(call.fid & FUNCTION, self._any[0])
        if methods:
            self._ask(methods, call, self._engine.m)

    def after(self, call: Smc, verdict: Verdict) -> None:
        """It has been judged, and the model is moved along."""
        methods = self._after.get(call.fid & FUNCTION, self._any[1])
        if methods:
            self._ask(methods, call, verdict, self._engine.m)

    def end(self) -> None:
        """The trace was read to its end."""
        self._ask(self._end, self._engine.m)

    def _add(self, watcher: Watcher) -> None:
        try:
            watch = watcher.make()
        except Exception as error:
            self._failed(watcher, error)
            return
        before, after, end = (getattr(watch, name, None) for name in _METHODS)
        if end is not None:
            self._end.append((watcher, end))
        for method, listed, unlisted in (
            (before, self._before, self._any[0]),
            (after, self._after, self._any[1]),
        ):
            if method is None:
                continue
            for fid, command in self._engine.commands.items():
                methods = listed.setdefault(fid, [])
                if watcher.commands is None or command.name in watcher.commands:
                    methods.append((watcher, method))
            if watcher.commands is None:
                unlisted.append((watcher, method))

    def _ask(self, methods: list[_Method], *seen: Any) -> None:
        for watcher, method in methods:
            try:
                found = method(*seen)
                if found:
                    for hazard in found:
                        self._keep(watcher, hazard)
            except Exception as error:  # must not cost the trace its verdicts
                if not isinstance(error, self._engine.m.doubt):
                    self._failed(watcher, error)

    def _keep(self, watcher: Watcher, hazard: Hazard) -> None:
        hazard = replace(
            hazard,
            lines=hazard.lines[:MOST_LINES],
            rule=watcher.rule,
            severity=watcher.severity,
        )
        key = (watcher.rule, kind_of(hazard.message))
        self.hazards.add(key, hazard.line, hazard)

    def _failed(self, watcher: Watcher, error: Exception) -> None:
        self._watchers.remove(watcher)
        self._told(self._line, f"not watched for {watcher.rule} any more, {fault(error)}")
        self._end = _without(watcher, self._end)
        self._any = (_without(watcher, self._any[0]), _without(watcher, self._any[1]))
        for listed in (self._before, self._after):
            for fid, methods in listed.items():
                listed[fid] = _without(watcher, methods)


def _without(watcher: Watcher, methods: list[_Method]) -> list[_Method]:
    """A new list: the old one may be in use."""
    return [known for known in methods if known[0] is not watcher]

"""A call in its situation, ready to be judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.replay.conformance.host import Host, Run

Story = Callable[[], "Stimulus"]


class NotRunnable(Exception):
    """The case cannot be set up; the text says why."""


@dataclass
class Stimulus:
    """One call, by argument names in the order of their registers.

    `mem` is what the RMM can read, `out` X1.. of a success, `out_rtt` X1.. of an
    ERROR_RTT (the outputs that the facts demand of one), `out_fail` of any other
    failure.  `run` is what the realm does if REC_ENTER succeeds, `wrong` a like
    one with an answer or an exit that the judge must refuse.  `after` checks the
    state behind a success, `after_failure` behind a failure; they raise where that is
    not what the facts say.

    Where a case of 2.0 leaves it open, `level` is the index of its ERROR_RTT, and
    `x0` the result word of one that does not fail (INCOMPLETE has three), which
    writes `mem_out`.  `judged_only`: there are no conditions to compare; `only_right`:
    no wrong results are tried before the right one.
    """

    world: Host
    name: str
    args: dict[str, int] = field(default_factory=dict)
    mem: dict[int, bytes] | None = None
    out: tuple[int, ...] = ()
    out_rtt: tuple[int, ...] = ()
    out_fail: tuple[int, ...] = ()
    run: Run | None = None
    wrong: Run | None = None
    after: Callable[[], None] | None = None
    after_failure: Callable[[], None] | None = None
    level: int = 0
    x0: int | None = None
    mem_out: dict[int, bytes] | None = None
    judged_only: bool = False
    only_right: bool = False


class Stories(dict[str, Story]):
    """The cases that are a story of their own: how each is told, by its id."""

    def story(self, case_id: str) -> Callable[[Story], Story]:
        """Register the builder of a case's situation and call."""

        def register(builder: Story) -> Story:
            assert case_id not in self, case_id
            self[case_id] = builder
            return builder

        return register


class Defects:
    """What shall be wrong with a call; each must be seen to by somebody.

    `level`: where a walk that is short or meets a wrong entry shall end, if the
    case says so.
    """

    def __init__(self, wanted: frozenset[str], level: int | None = None) -> None:
        self.wanted = wanted
        self.level = level
        self._seen: set[str] = set()

    def has(self, defect: str) -> bool:
        if defect in self.wanted:
            self._seen.add(defect)
            return True
        return False

    def about(self, argument: str) -> list[list[str]]:
        """Defects `kind ARGUMENT ...` of an address, as words; `unaligned` last."""
        found = [d for d in self.wanted if d.split()[1:2] == [argument]]
        found = [d for d in found if d.split()[0] in ADDRESS]
        self._seen.update(found)
        return sorted((d.split() for d in found), key=lambda words: words[0] == "unaligned")

    def left(self) -> frozenset[str]:
        """What nobody has seen to."""
        return self.wanted - self._seen


ADDRESS = ("unaligned", "device", "beyond", "high", "granule", "pas")

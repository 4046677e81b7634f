"""What can go wrong in a run: each oracle looks at an attempt and says what happened, or ''.

The words are those of a review: they stand in the witness as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.kernel.addresses import VMEMMAP
from linter.witness.kernel.state import state_of
from linter.witness.memory import LINEAR
from linter.witness.outcome import ENDLESS, FAULT, RETURNED
from linter.witness.results import (
    call,
    called,
    ending,
    failed,
    number,
    returned,
    status,
    succeeded,
)
from linter.witness.value import Unknown, Value
from traces.event import Smc

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt
    from linter.witness.memory import Object
    from linter.witness.outcome import Event

INCOMPLETE: Final = 13
_PAGE: Final = 4096
_UNSET: Final = "uninitialised local"
_PHYSICAL: Final = ("RMI_GRANULE_", "RMI_GPT_")


def outside(attempt: Attempt) -> str:
    """An address outside of all RAM goes to the RMM, and the function fails for it."""
    state = state_of(attempt.run)
    for event in attempt.smcs:
        if not event.text.startswith(_PHYSICAL):
            continue
        address = next((a for n in ("base", "addr") if (a := called(attempt, event, n))
                        is not None), None)  # fmt: skip
        if address is not None and not state.in_ram(address):
            result = returned(attempt)
            if failed(event) or result:
                return (
                    f"{event.text} is given {address:#x}, which is in no bank of RAM: "
                    f"{call(event)}; {ending(attempt)}"
                )
    return ""


def endless(attempt: Attempt) -> str:
    """The loop goes round and round, and nothing in it changes any more."""
    outcome = attempt.outcome
    last = attempt.smcs[-2:]
    if outcome.kind != ENDLESS or len(last) < 2:
        return ""
    same = last[0].values == last[1].values and last[0].text == last[1].text
    state = outcome.state
    if not same and not (len(state) >= 2 and state[-1] == state[-2]):
        return ""
    if not outcome.reason.endswith("changed") and not same:
        return ""
    where = f"{outcome.path}:{outcome.line}"
    return f"{outcome.reason} ({where}): {call(last[-1])} again and again, without an end"


def uninitialised(attempt: Attempt, name: str = "") -> str:
    """What nobody wrote decides a branch, goes to the RMM, or is returned."""
    outcome = attempt.outcome
    unset = f"{_UNSET} `{name}" if name else _UNSET
    if unset in outcome.reason:
        told = outcome.reason.replace(" is not known: ", " is ")
        return f"{told} ({outcome.path}:{outcome.line})"
    if isinstance(outcome.value, Unknown) and unset in outcome.value.label:
        return f"{attempt.call} returns {outcome.value.label}"
    for assumed in attempt.run.assume.log:
        if unset in assumed.text and assumed.open:
            return f"a branch at {assumed.path}:{assumed.line} goes by {_before(assumed.text)}"
    return ""


def _before(text: str) -> str:
    """The unknown value in an assumption: `x != 0` is about x."""
    for operator in (" == ", " != ", " <= ", " >= ", " < ", " > "):
        if operator in text:
            return text.rsplit(operator, 1)[0]
    return text


def warned(attempt: Attempt, finding: Finding) -> Event | None:
    """The warning that fired in the finding's line."""
    return next((e for e in attempt.events if e.kind == "warn" and _at(e, finding)), None)


def _at(event: Event, finding: Finding) -> bool:
    last = max(finding.end[0], finding.line)
    return event.path == finding.path and finding.line <= event.line <= last


def after_warning(attempt: Attempt, finding: Finding) -> str:
    """The warning fires, and the function goes on to the RMM all the same."""
    fired = warned(attempt, finding)
    if fired is None:
        return ""
    at = attempt.run.trace.index(fired)
    before, later = attempt.run.trace[attempt.began : at], attempt.run.trace[at + 1 :]
    later = [e for e in later if e.kind == "smc" and not _gives_back(attempt, e, before)]
    if not later:
        return ""
    more = f" and {len(later) - 1} more calls" if len(later) > 1 else ""
    return f"{fired.text} fires and the function goes on: {call(later[0])}{more}; {ending(attempt)}"


def _gives_back(attempt: Attempt, event: Event, before: list[Event]) -> bool:
    """Does an SMC undelegate what the function had delegated?"""
    base = _base(attempt, event)
    return "UNDELEGATE" in event.text and any(
        e.kind == "smc" and "_DELEGATE" in e.text and _base(attempt, e) == base for e in before
    )


def _base(attempt: Attempt, event: Event) -> int | None:
    base = called(attempt, event, "base")
    return called(attempt, event, "addr") if base is None else base


def printed(attempt: Attempt) -> list[Event]:
    """The warnings that somebody sees: of a WARN_ON_ONCE() the first one."""
    shown: list[Event] = []
    for event in attempt.events:
        if event.kind == "warn" and not ("_ONCE(" in event.text and any(
            (e.path, e.line) == (event.path, event.line) for e in shown
        )):  # fmt: skip
            shown.append(event)
    return shown


def crash(attempt: Attempt) -> str:
    """The kernel would crash."""
    outcome = attempt.outcome
    return f"{outcome.reason} ({outcome.path}:{outcome.line})" if outcome.kind == FAULT else ""


def freed_while_delegated(attempt: Attempt) -> str:
    """Pages go back to the allocator that the RMM still has."""
    for event in attempt.events:
        if event.kind == "free" and event.values.get("delegated"):
            phys = event.values["phys"]
            assert isinstance(phys, int)
            state = attempt.firmware.granule(phys) or "DELEGATED"
            return (
                f"{event.text}() at {event.path}:{event.line} frees {phys:#x}, which the RMM has"
                f" ({state}): whoever gets that page next takes a granule protection fault"
            )
    return ""


def delegated_for_good(attempt: Attempt) -> str:
    """The function fails, and granules that it delegated stay so though the RMM uses them not."""
    result = returned(attempt)
    if result is None or result == 0:
        return ""
    left: list[int] = []
    for event in attempt.smcs:
        if "_DELEGATE" not in event.text or failed(event):
            continue
        base = called(attempt, event, "base")
        top = _next(event) if base is not None else None
        if base is None:
            base = called(attempt, event, "addr")
            top = None if base is None else base + _PAGE
        if base is None or top is None or not 0 < top - base <= 1 << 21:
            continue
        left += [
            at
            for at in range(base, top, _PAGE)
            if attempt.firmware.granule(at) == "DELEGATED" and at not in left
        ]
    if not left:
        return ""
    more = f" and {len(left) - 1} more granules" if len(left) > 1 else ""
    return f"{ending(attempt)}, and {left[0]:#x}{more} stays delegated: nobody gives it back"


def _next(event: Event) -> int | None:
    r = event.values["r"]
    assert isinstance(r, list)
    return r[1] if isinstance(r[1], int) else None


def undelegates_foreign(attempt: Attempt) -> str:
    """Memory is taken back from the RMM that nobody gave it."""
    given: list[tuple[int, int]] = []
    for smc in attempt.firmware.items[: attempt.calls]:
        if not isinstance(smc, Smc):
            continue
        if smc.name == "RMI_GRANULE_RANGE_DELEGATE":
            given.append((smc.x[0], smc.x[1]))
        elif smc.name == "RMI_GRANULE_DELEGATE":
            given.append((smc.x[0], smc.x[0] + _PAGE))
    for event in attempt.smcs:
        base = _base(attempt, event)
        if base is None or "DELEGATE" not in event.text:
            continue
        if "UNDELEGATE" not in event.text:
            if not failed(event):
                given.append((base, (_next(event) or 0) if "RANGE" in event.text else base + _PAGE))
        elif not any(low <= base < high for low, high in given):
            return f"{call(event)}: that was never delegated; {ending(attempt)}"
    return ""


def leaked(attempt: Attempt) -> str:
    """A page that the function took is in nobody's hands when it returns."""
    if attempt.outcome.kind != RETURNED:
        return ""
    run = attempt.run
    for event in attempt.events:
        if event.kind != "alloc":
            continue
        address, phys = event.values["address"], event.values["phys"]
        assert isinstance(address, int) and isinstance(phys, int)
        made = run.memory.at(address)
        if made is None or made.freed or made.base != address:
            continue
        value = attempt.outcome.value
        if isinstance(value, Value) and value.bits in (address, phys):
            continue
        state = attempt.firmware.granule(phys)
        if state not in ("", "NS", "UNDELEGATED", "DELEGATED") or _kept(attempt, address, made):
            continue
        had = " and stays delegated" if state == "DELEGATED" else ""
        return f"{made.label} is never freed{had}; {ending(attempt)}"
    return ""


def taken_back(attempt: Attempt) -> str:
    """The function fails; a page that it had taken comes back from the RMM and is not freed."""
    result = returned(attempt)
    if result is None or result >= 0:
        return ""
    back = {_base(attempt, e) for e in attempt.smcs if "UNDELEGATE" in e.text and not failed(e)}
    for event in attempt.events:
        address = event.values.get("address")
        if event.kind == "alloc" and event.values["phys"] in back and isinstance(address, int):
            made = attempt.run.memory.at(address)
            if made is not None and not made.freed:
                return f"{made.label} is back from the RMM and is not freed; {ending(attempt)}"
    return ""


def _kept(attempt: Attempt, address: int, made: Object) -> bool:
    """Does something that lives on hold the address of a page?"""
    phys = address - LINEAR
    words = [n.to_bytes(8, "little") for n in (address, phys, VMEMMAP + (phys >> 12) * 64)]
    for other in attempt.run.memory.objects():
        if other is made or other.freed or other.kind == "local":
            continue
        for data, known in other.chunks.values():
            if any(w in data for w in words) and any(known):
                return True
    return False


def one_for_status(attempt: Attempt) -> str:
    """The truth of a WARN is returned in the place of the RMM's status."""
    last = next((e for e in reversed(attempt.smcs) if failed(e)), None)
    if last is None or returned(attempt) != 1:
        return ""
    r = last.values["r"]
    assert isinstance(r, list)
    if r[0] == 1:
        return ""
    return f"{call(last)}, and {attempt.call} returns 1: RMI_ERROR_INPUT to its caller"


def status_for_errno(attempt: Attempt) -> str:
    """A positive status of the RMM is returned where a caller looks for a negative errno."""
    result = returned(attempt)
    if result is None or result <= 0:
        return ""
    bad = next((e for e in reversed(attempt.smcs) if status(e) == result), None)
    if bad is None:
        return ""
    return f"{call(bad)}, and {attempt.call} returns {number(result)}: positive, so no errno"


def wraps(attempt: Attempt) -> str:
    """A range that wraps around is not refused: the RMM is called, or all is said to be well."""
    if attempt.scenario.arguments != "wrap" or attempt.outcome.kind != RETURNED:
        return ""
    if not attempt.smcs and returned(attempt) != 0:
        return ""
    what = f"goes on to {call(attempt.smcs[0])}; " if attempt.smcs else ""
    return f"the end of the range is below its start, and {attempt.call} {what}{ending(attempt)}"


def nothing_asked(attempt: Attempt) -> str:
    """The function returns, and the RMM has heard nothing of the range."""
    if attempt.outcome.kind != RETURNED or attempt.smcs or returned(attempt):
        return ""
    return f"no SMC is issued: nothing is done for the range; {ending(attempt)}"


def half(attempt: Attempt) -> str:
    """Some granules were delegated, the next one was refused, and the function returns 0."""
    done = [e for e in attempt.smcs if "_DELEGATE" in e.text and not failed(e)]
    bad = [e for e in attempt.smcs if "_DELEGATE" in e.text and failed(e)]
    if returned(attempt) != 0 or not done or not bad:
        return ""
    base = called(attempt, done[0], "base") or called(attempt, done[0], "addr") or 0
    if attempt.firmware.granule(base) != "DELEGATED":
        return ""
    return f"{call(bad[0])}, and {attempt.call} returns 0; {base:#x} stays delegated, unused"


def success_after_failure(attempt: Attempt) -> str:
    """Something failed, nobody made up for it, and the function says that all went well."""
    if returned(attempt) != 0:
        return ""
    bad = next((e for e in reversed(attempt.events) if _went_wrong(e)), None)
    if bad is None:
        return ""
    again = [e for e in attempt.smcs if e.text == bad.text and e.step > bad.step]
    if bad.kind == "smc" and any(not failed(e) for e in again):
        return ""  # it was tried once more
    what = call(bad) if bad.kind == "smc" else bad.text
    return f"{what}, and {attempt.call} returns 0"


def _went_wrong(event: Event) -> bool:
    return event.kind == "alloc-failed" or (event.kind == "smc" and failed(event))


def strays(attempt: Attempt) -> str:
    """After a failed call the next one begins below the range that the function was given."""
    first = None
    for event in attempt.smcs:
        base = called(attempt, event, "base")
        if base is None:
            continue
        if first is None:
            first = base
        elif base < first:
            return f"{call(event)}: the range that was asked for begins at {first:#x}"
    return ""


def abandoned(attempt: Attempt) -> str:
    """An operation is INCOMPLETE at the line, and the function returns without ending it."""
    if attempt.outcome.kind != RETURNED:
        return ""
    opened: Event | None = None
    last = max((v.events for v in attempt.visits), default=0)
    for at, event in enumerate(attempt.run.trace[attempt.began :], attempt.began):
        r = event.values.get("r") if event.kind == "smc" else None
        if not isinstance(r, list):
            continue
        if r[0] & 0xFF == INCOMPLETE and (opened or at <= last):
            opened = opened or event
        elif event.text.startswith("RMI_OP_"):
            opened = None
    if opened is None:
        return ""
    return f"{call(opened)} is left unfinished: {ending(attempt)}, and nobody has the handle"


__all__ = [
    "abandoned",
    "after_warning",
    "call",
    "called",
    "crash",
    "delegated_for_good",
    "ending",
    "endless",
    "failed",
    "freed_while_delegated",
    "half",
    "leaked",
    "nothing_asked",
    "number",
    "one_for_status",
    "outside",
    "printed",
    "returned",
    "status",
    "status_for_errno",
    "strays",
    "succeeded",
    "success_after_failure",
    "taken_back",
    "undelegates_foreign",
    "uninitialised",
    "warned",
    "wraps",
]

"""Where a case and the letter of the specification part.

A case names what was made wrong, and the result that is seen in practice; the
model judges by the letter.  Every difference stands here, with the reason and
the place in the facts that it follows from; none was taken from the model.
"""

from __future__ import annotations

from typing import Final

from replay.rmm.values import RMI_ERROR_REC, RMI_ERROR_RTT, result
from tests.replay.conformance.cases import Case
from tests.replay.conformance.stimulus import Stimulus

# (commands, condition of the case, what else holds then, why)
_IMPLIED: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "RMI_GRANULE_DELEGATE",
        "gran_state",
        "gran_gpt",
        "a granule that is not UNDELEGATED is in the Realm PAS (behaviour, section 9)",
    ),
    (
        "RMI_DATA_CREATE RMI_DATA_CREATE_UNKNOWN",
        "ipa_bound",
        "rtte_state",
        "an entry of the unprotected half is UNASSIGNED_NS or ASSIGNED_NS, never UNASSIGNED",
    ),
    (
        "RMI_DATA_DESTROY RMI_RTT_UNMAP_UNPROTECTED RMI_RTT_MAP_UNPROTECTED",
        "ipa_bound",
        "rtte_state",
        "an entry of the other half is never in the state that the command wants",
    ),
    (
        "RMI_DATA_DESTROY RMI_RTT_DESTROY RMI_RTT_FOLD RMI_RTT_UNMAP_UNPROTECTED",
        "rtt_walk",
        "rtte_state",
        "where a walk ends early nothing is mapped and no table hangs",
    ),
    (
        "RMI_RTT_UNMAP_UNPROTECTED",
        "level_bound",
        "rtte_state",
        "an entry of level 0 is never ASSIGNED_NS",
    ),
)
_WRONG_RD: Final = ("rd_align", "rd_bound", "rd_state")  # SET_RIPAS: the REC is not of that realm

# What cannot hold together: the second names an object that the first says does
# not exist.  Its condition is ill formed, hence false (fact sheet 1.0, section 1).
_ILL_FORMED: Final = {
    ("RMI_RTT_CREATE", "ipa_bound"): ("rtt_walk", "rtte_state"),
    ("RMI_RTT_DESTROY", "ipa_bound"): ("rtt_walk", "rtte_state", "rtt_live"),
    ("RMI_RTT_FOLD", "ipa_bound"): ("rtt_walk", "rtte_state", "rtt_homo"),
}

# Results by the letter where the case has others.
_RESULTS: Final = {
    # model-notes, section 3, item 4: top == base is no progress too, and unordered.
    "ripas.set_size_top_eq_base": (result(1), result(RMI_ERROR_RTT, 3)),
    # An output address is aligned to level 3 by its encoding; so the call is one of
    # level 2, and its walk ends a level higher than the case says.
    "free.addr_align|rtt_walk": (result(1), result(RMI_ERROR_RTT, 1)),
    "free.addr_align|rtte_state": (result(1), result(RMI_ERROR_RTT, 2)),
}

_NOT_RUN: Final = {
    "exit.wfi_untrapped": "a trace does not show what a realm does without leaving it",
}
_TOKEN: Final = "RSI_ATTESTATION_TOKEN_CONTINUE"

# An identifier of the case that is another condition's, or only ACS's own name.
_NAMES: Final = {
    # The specification's encoding of s2sz has no reserved value; too large a size
    # is one that is not supported (rmm-1.0, REALM_CREATE, note on params_supp).
    "acs.s2sz_invalid": frozenset({"params_supp"}),
}


def also_holds(case: Case) -> frozenset[str]:
    """The conditions that hold: those that the case names, and what they bring about."""
    ids = set(case.violates)
    for commands, given, implied, _ in _IMPLIED:
        if given in ids and case.command in commands.split():
            ids.add(implied)
    if case.command == "RMI_RTT_SET_RIPAS" and ids & {*_WRONG_RD}:
        ids.add("rec_owner")
    for given in case.violates:
        ids.difference_update(_ILL_FORMED.get((case.command, given), ()))
    return frozenset(ids)


def named(case: Case) -> frozenset[str]:
    """Conditions that must be among those that hold; the realm's own calls have none."""
    if case.realm_sees is not None:
        return frozenset()
    return _NAMES.get(case.id, case.names)


def by_the_letter(case: Case) -> frozenset[int]:
    """The results (X0) that the letter permits."""
    assert case.allowed is not None
    allowed = frozenset(_RESULTS.get(case.id, case.allowed))
    if case.command == "RMI_RTT_SET_RIPAS" and (case.violates | case.names) & {*_WRONG_RD}:
        # model-notes, section 3, item 4: rec.owner != rd, and that is unordered.
        return allowed | {result(RMI_ERROR_REC)}
    held = also_holds(case)
    if "rtt_homo" in case.violates - held:
        return allowed - {result(RMI_ERROR_RTT, 3)}
    return allowed


def allowed(case: Case, stimulus: Stimulus) -> frozenset[int]:
    """The same, for the executor."""
    return by_the_letter(case)


def wrong_ids(case: Case, ids: list[str]) -> str:
    """What is wrong with the ids of the conditions that hold; empty if nothing."""
    held = frozenset(ids)
    if case.violates:
        expected, right = also_holds(case), held == also_holds(case)
    else:
        expected, right = named(case), named(case) <= held
    return "" if right else f"hold: {sorted(held)}, expected {sorted(expected)}"


def not_run(case: Case) -> str:
    """Why the case is not run; empty if it can be."""
    if case.command == _TOKEN:
        return "attestation tokens are not modelled"
    return _NOT_RUN.get(case.id, "" if case.allowed is not None else "no result of a call")

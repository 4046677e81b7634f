"""What an implementation may choose: the documented list, and known choices.

The header's `implementation` object sets a trait by its name; what it leaves out
is taken from the implementation that it names (`_KNOWN`), else the trait has its
default, which permits most.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from traces.event import Header


class TraitError(ValueError):
    """A trait in the header that is not what it must be; the text names its key."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Choices of an RMM; the defaults are the most permissive.

    name            the implementation
    sequence        results follow the order of checks that the tables list (2.0)
    revisions       what VERSION serves, as RmiInterfaceVersion; empty: not known
    range_step      granules that a range command handles in one call; 0: any number
    range_skips     RANGE_DELEGATE passes over what is delegated already (UNDELEGATE likewise)
    tracking_whole  GRANULE_TRACKING_GET answers for the whole range from its first granule
    sro_contexts    stateful operations that may be open at once; 0: not known
    lowest_handle   a stateful operation gets the lowest handle that is free
    marks_entries   an interrupted map or unmap command leaves a mark on the entries in hand,
                    and shows its progress on all others (2.0)
    max_rec_aux     auxiliary granules of a REC; 0: not known
    max_recs_order  a realm has at most 2^n - 1 RECs (1.0: feature register 0 tells)
    mpidr_in_order  the MPIDR of a new REC must count on from the last one's (2.0)
    tree_in_cookie  the cookie of RSI_MEM_SET_PERM_INDEX is the next IPA, and in its low bits
                    the tree whose permissions change (2.0)
    vmid_bits       width of a VMID (1.0)
    vmids           VMIDs that the RMM can give, one a plane (2.0); 0: not known
    hpmn0           a PMU without counters is allowed (FEAT_HPMN0)
    gic             num_lrs, pri_bits, vintid_bits, ext_range of the GIC
    psmmu_ns_base   base addresses of the SMMUs; empty: not known
    denied_completes  PSCI_COMPLETE(DENIED) of a CPU_ON whose target is on refuses the status
                    and completes the request nevertheless (2.0)
    """

    name: str = ""
    sequence: bool = False
    revisions: tuple[int, ...] = ()
    range_step: int = 0
    range_skips: bool = True
    tracking_whole: bool = False
    sro_contexts: int = 0
    lowest_handle: bool = False
    marks_entries: bool = False
    max_rec_aux: int = 0
    max_recs_order: int = 10
    mpidr_in_order: bool = False
    tree_in_cookie: bool = False
    vmid_bits: int = 16
    vmids: int = 0
    hpmn0: bool = False
    gic: tuple[tuple[str, int], ...] = ()
    psmmu_ns_base: tuple[int, ...] = ()
    denied_completes: bool = False

    @staticmethod
    def of(header: Header) -> Traits:
        """The traits that a header describes; keys that are no traits mean nothing here.

        Raises TraitError for a trait of a wrong type, or out of bounds.
        """
        given = header.implementation
        known = _KNOWN.get((str(given.get("name", "")), header.rmi), {})
        types = {f.name: str(f.type) for f in fields(Traits)}
        said = {key: _value(key, types[key], given[key]) for key in given if key in types}
        if header.rmi == "1.0" and 0 in header.features:
            known = {**known, "max_recs_order": max_recs_order(header.features[0])}
        return Traits(**{**known, **said})


def max_recs_order(register: int) -> int:
    """What feature register 0 of 1.0 says of it, in bits 41:38."""
    return register >> 38 & 0xF


# TF-RMM as its snapshot of July 2026 behaves (fact sheet tf-rmm-behaviour, sections 3,
# 7 to 9); its number of VMIDs is that of a CPU with 8 bits of them (c05).
_TF_RMM_2_0: Final[dict[str, Any]] = {
    "sequence": True,
    "revisions": (0x20000,),
    "range_step": 1,
    "range_skips": False,
    "tracking_whole": True,
    "lowest_handle": True,
    "marks_entries": True,
    "max_rec_aux": 16,
    "mpidr_in_order": True,
    "tree_in_cookie": True,
    "vmids": 256,
    "denied_completes": True,
}

# By name and version; what stands for no version is not known there.
_KNOWN: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("tf-rmm", "1.0"): {"revisions": (0x10000,), "max_rec_aux": 16},
    ("tf-rmm", "2.0"): _TF_RMM_2_0,
    ("tf-rmm", "2.0-bet0"): _TF_RMM_2_0,
    ("tf-rmm", "2.0-bet1"): _TF_RMM_2_0,
    # Only parts of the newer sources were readable: their order of checks, not their limits.
    ("tf-rmm", "2.0-bet3"): {"revisions": (0x20000,)},
}


_MOST: Final = 1 << 16  # of what is counted: more than any machine has
_GIC_MOST: Final = {"num_lrs": 16, "pri_bits": 8, "vintid_bits": 24, "ext_range": 1}


def _value(name: str, type_: str, value: Any) -> Any:
    """A trait as `Traits` has it, of what JSON has.  `type_`: as its annotation says."""
    match type_:
        case "str" if isinstance(value, str):
            return value
        case "bool" if isinstance(value, int) and value in (0, 1):
            return bool(value)
        case "int" if _number(value, _MOST):
            return value
        case "tuple[int, ...]" if isinstance(value, list) and all(map(_number, value)):
            return tuple(value)
        case "tuple[tuple[str, int], ...]" if isinstance(value, dict) and all(
            _number(number, _GIC_MOST.get(key, _MOST)) for key, number in value.items()
        ):
            return tuple(sorted(value.items()))
    raise TraitError(f"implementation, {name}: expected {_EXPECTED[type_]}, got {_shown(value)}")


def _number(value: Any, most: int = (1 << 64) - 1) -> bool:
    return type(value) is int and 0 <= value <= most  # a bool is none


_EXPECTED: Final = {
    "str": "a string",
    "bool": "true or false",
    "int": f"a number (0 to {_MOST})",
    "tuple[int, ...]": "an array of numbers of 64 bits",
    "tuple[tuple[str, int], ...]": "an object of numbers ("
    + ", ".join(f"{key} at most {most}" for key, most in _GIC_MOST.items())
    + ")",
}


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:59]}…"

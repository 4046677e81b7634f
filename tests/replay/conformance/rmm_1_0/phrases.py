"""From the words of a case to defects: what is wrong with an otherwise valid call.

A stimulus is `CALL(...); but THIS AND THAT` or `valid call except: THIS`.  Each
phrase becomes one defect, a short string that the fixtures understand:

    unaligned ARG, device ARG, beyond ARG, high ARG       an address (high: PA >= 2^48)
    granule ARG STATE, pas ARG REALM|SECURE               what is there
    realm STATE, walk short, entry assigned, ...          the situation
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# (pattern of the whole phrase, defects; \1 is the group).  First match wins.
_PATTERNS: Final = (
    # addresses
    (r"(src|data) = [sd] \+ \d.*", "unaligned \\1"),
    (r"(\w+) \+ [18]", "unaligned \\1"),
    (r"aux\[0\] \+ 1", "unaligned aux"),
    (r"an aux granule is not 4 KB aligned", "unaligned aux"),
    (r"top not 4 KB aligned", "unaligned top"),
    (r"(\w+) is not 4 KB aligned", "unaligned \\1"),
    (r"ipa not aligned as required", "unaligned ipa"),
    (r"ipa not aligned to level 2 \(2 MB\)", "unaligned ipa"),
    (r"ipa is not aligned to the entry found", "unaligned ipa"),
    (r"output address in desc not aligned to the level", "unaligned desc"),
    (r"(\w+) (?:is )?in(?:side)? (?:the|a) device (?:\(MMIO\) )?region.*", "device \\1"),
    (r"(\w+) is beyond the implemented PA size", "beyond \\1"),
    (r"LPA2 off, (\w+) at PA >= 2\^48.*", "high \\1"),
    (r"(\w+) is a PA >= 2\^48 with LPA2 off", "high \\1"),
    (r"LPA2 off, output address >= 2\^48", "high desc"),
    # granules
    (r"(rd) is a DELEGATED granule that is not an RD", "granule \\1 DELEGATED"),
    (r"rec is DELEGATED, not REC", "granule rec DELEGATED"),
    (r"addr already DELEGATED", "granule addr DELEGATED"),
    (r"rd names a DELEGATED granule: .*", "granule rd DELEGATED"),
    (r"aux\[0\] UNDELEGATED", "granule aux UNDELEGATED"),
    (r"an aux granule is a granule in state (\w+)", "granule aux \\1"),
    (r"(?:one|a) root RTT granule (?:is )?UNDELEGATED", "granule root UNDELEGATED"),
    (r"(\w+) (?:granule |is )?UNDELEGATED", "granule \\1 UNDELEGATED"),
    (r"(\w+) is a granule in state (\w+)", "granule \\1 \\2"),
    (r"src is a granule delegated to Realm PAS", "pas src REALM"),
    (r"params page in Realm PAS", "pas params_ptr REALM"),
    (r"run page in Realm PAS", "pas run_ptr REALM"),
    (r"addr (?:is )?in Secure PAS", "pas addr SECURE"),
    (r"(\w+) is a granule in Realm PAS", "pas \\1 REALM"),
    (r"(\w+) is a granule in Secure PAS", "pas \\1 SECURE"),
    (r"rd is a granule in state RD", "granule rd RD"),
    # realms
    (r"Realm (?:already|is|still in|in) (NEW|ACTIVE|SYSTEM_OFF)", "realm \\1"),
    # IPAs, levels, tables
    (r"ipa (?:in the|is) Unprotected(?: half)?", "ipa unprotected"),
    (r"ipa (?:in the|is) Protected(?: half)?", "ipa protected"),
    (r"ipa (?:>= 2\^40|is beyond the IPA space|is out of bounds)", "ipa outside"),
    (r"level is the starting level.*", "level starting"),
    (r"level = 0 \(no block level\)", "level 0"),
    (r"level > 3", "level 4"),
    (r"no level-3 RTT for the ipa \(walk stops one level early\)", "walk short"),
    (r"no level-2 RTT above: walk ends at level 1", "walk short"),
    (r"only a level-2 entry covers base and base is not 2 MB aligned", "base inside block"),
    (r"base not aligned to the \(level-2\) entry found", "base inside block"),
    (r"only a level-2 entry covers base, base 2 MB aligned, top = base \+ 4K", "top inside block"),
    (r"entry is level 2 and top lies inside it \(no progress\)", "top inside block"),
    (r"level-3 RTT already present \(parent entry TABLE\)", "entry table"),
    (r"entry of [pu] already ASSIGNED(?:_NS)?", "entry assigned"),
    (r"entry of base ASSIGNED", "entry assigned"),
    (r"entry is ASSIGNED(?:_NS)?", "entry assigned"),
    (r"entry (?:of [pu]|is) UNASSIGNED(?:_NS)?", "entry unassigned"),
    (r"parent level-2 entry UNASSIGNED, no child RTT", "entry unassigned"),
    (r"one entry of the child RTT (?:is ASSIGNED|differs .*)", "child mapping"),
    (r"child RTT (?:has a live entry|not homogeneous)", "child mapping"),
    (r"desc has MemAttr/reserved bits of an invalid encoding", "desc reserved"),
    # ranges
    (r"top = base - 4K", "top below"),
    (r"top <= base", "top below"),
    (r"top beyond the permitted limit", "top limit"),
    (r"top reaches into the Unprotected half", "top limit"),
    (r"base = rec.ripas_addr \+ 4K", "base moved"),
    (r"base != rec.ripas_addr", "base moved"),
    # REALM_CREATE
    (r"params ask for an unsupported feature \(SVE when absent\)", "params sve"),
    (r"params.hash_algo = 0xFF \(reserved encoding\)", "params hash 0xFF"),
    (r"hash_algo is a reserved encoding", "params hash 0xFF"),
    (r"hash_algo not in the feature register", "params hash 1"),
    (r"s2sz invalid or above the feature register", "params s2sz"),
    (r"PMU requested but absent / too many counters", "params pmu"),
    (r"num_bps above the feature register", "params bps"),
    (r"num_wps above the feature register", "params wps"),
    (r"RTT address not suitably aligned", "params root unaligned"),
    (r"rtt_num_start does not match s2sz/start level", "params rtt_num"),
    (r"rtt_level_start / rtt_num_start inconsistent with s2sz", "params rtt_num"),
    (r"rtt_base equals rd", "params alias"),
    (r"VMID above the implemented width", "params vmid wide"),
    (r"VMID in use by another Realm", "params vmid used"),
    # RECs
    (r"aux\[0\] == aux\[1\]", "aux alias"),
    (r"mpidr index 2 while rec_index is 0", "params mpidr"),
    (r"MPIDR skips the next REC index", "params mpidr"),
    (r"params.num_aux = RecAuxCount \+ 1", "params num_aux"),
    (r"num_aux differs from REC_AUX_COUNT", "params num_aux"),
    (r"num_recs already at 2\^MAX_RECS_ORDER - 1", "recs full"),
    (r"REC is running on another PE", "rec running"),
    (r"(?:target )?REC (?:belongs to another Realm)", "rec foreign"),
    (r"rec belongs to another Realm", "rec foreign"),
    (r"rec owned by another Realm \(.*\)", "rec foreign"),
    (r"REC (?:is )?(?:NOT_RUNNABLE|not runnable)", "rec not runnable"),
    (r"enter.flags.emul_mmio (?:= 1 although|set without) .*", "enter mmio"),
    (r"enter.gicv3_hcr has a bit outside the host-owned set, or an LR has HW=1", "enter gic"),
    (r"PSCI completion pending", "psci pending"),
    # PSCI_COMPLETE
    (r"calling REC has no pending PSCI request", "psci none"),
    (r"target MPIDR is not the requested one", "target other"),
    (r"calling_rec == target_rec", "target alias"),
    (r"status = PSCI_ALREADY_ON \(not permitted\)", "status bad"),
    (r"status is not permitted for the pending call", "status bad"),
    # two in one breath (ACS)
    (r"ipa Unprotected and without RTTs", "ipa unprotected & walk short"),
    (r"ipa Unprotected and mapped \(ASSIGNED_NS\)", "ipa unprotected & entry assigned"),
    (r"ipa Protected and without RTTs", "ipa protected & walk short"),
    (r"ipa has no RTT at the required level", "walk short"),
    (r"level out of range and (?:walk short|ipa without RTTs)", "level bad & walk short"),
    (r"level out of range and entry not a table", "level bad & entry unassigned"),
    (r"level out of range and entry UNASSIGNED_NS", "level bad & entry unassigned"),
    (r"top not 4 KB aligned and inside the level-2 entry", "unaligned top & top inside block"),
    (r"base != rec.ripas_addr and base unaligned for the entry", "base moved & base inside block"),
    (r"rec unaligned and gicv3_hcr invalid", "unaligned rec & enter gic"),
    (r"rec in device memory and gicv3_hcr invalid", "device rec & enter gic"),
    (r"rec UNDELEGATED and gicv3_hcr invalid", "granule rec UNDELEGATED & enter gic"),
    (r"run page Secure and REC not runnable", "pas run_ptr SECURE & rec not runnable"),
    (r"run page Secure and Realm SYSTEM_OFF", "pas run_ptr SECURE & realm SYSTEM_OFF"),
    (r"run page in device memory and Realm (\w+)", "device run_ptr & realm \\1"),
    (r"entry is already a TABLE", "entry table"),
)
_COMPILED: Final = [(re.compile(pattern), defects) for pattern, defects in _PATTERNS]


class NotUnderstood(Exception):
    """A phrase that no pattern covers."""


def defects(stimulus: str) -> frozenset[str]:
    """The defects that a stimulus names; none for a plain valid call."""
    _, _, wrong = stimulus.partition("; but ")
    if not wrong:
        _, _, wrong = stimulus.partition("valid call except: ")
    return frozenset(_of_phrases(wrong.split(" AND "))) if wrong else frozenset()


def _of_phrases(phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        for pattern, template in _COMPILED:
            if match := pattern.fullmatch(phrase):
                yield from match.expand(template).split(" & ")
                break
        else:
            raise NotUnderstood(phrase)

"""The state of an RMM as far as a trace tells from which calls are missing.

What stands in the model is certain.  `hide` says that calls may have passed unseen:
then all that they can have changed is forgotten, and asking for it raises Open.
`learn` is the other way: a result has shown something.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from replay.rmm.doubt import OPEN, Objects, blank, forget, known_of, opened
from replay.rmm.model import Rmm, Unknown
from replay.rmm.moves import EVERY, moves_of
from replay.rmm.partial_granules import History, PartialGranules
from replay.rmm.partial_tables import Tables, emptied, loosened
from replay.rmm.realm import Realm
from replay.rmm.realm_side.memory import RealmMemory
from replay.rmm.rec import Rec
from replay.rmm.rtt import Table
from replay.rmm.unknown import Open
from replay.rmm.values import (
    PDEV,
    RD,
    REC,
    RTT,
    VDEV,
)

if TYPE_CHECKING:
    from traces.event import Header

# Which commands change what of a realm, a REC or a table (RMM 1.0 section B4).
_ACTIVATE = frozenset({"RMI_REALM_ACTIVATE", "RMI_REALM_TERMINATE", "RMI_REC_ENTER"})
_RECS = frozenset({"RMI_REC_CREATE", "RMI_REC_DESTROY", "RMI_OP_CONTINUE", "RMI_OP_CANCEL"})
_STARTS = frozenset({"RMI_RMM_ACTIVATE", "RMI_RMM_DEACTIVATE"})
_ENDS = frozenset({"RMI_OP_CONTINUE", "RMI_OP_CANCEL"})
_GRANTS = frozenset({"RMI_RTT_SET_RIPAS", "RMI_RTT_SET_S2AP", "RMI_RTT_DEV_VALIDATE"})
_RUNS = frozenset({"RMI_REC_ENTER", "RMI_PSCI_COMPLETE"})
_DEVICES = ("PDEV", "VDEV", "PSMMU", "VSMMU")
_TABLES = ("RMI_RTT_", "RMI_DATA_", "RMI_OP_")
_READS_TABLES = "RMI_RTT_READ_ENTRY"
# What never becomes an operation of 2.0.
_AT_ONCE = frozenset(
    {
        *("RMI_VERSION", "RMI_FEATURES", "RMI_RMM_CONFIG_GET", "RMI_RMM_STATE_GET", "RMI_GPT_INFO"),
        *("RMI_GRANULE_TRACKING_GET", "RMI_RTT_READ_ENTRY", "RMI_REC_ENTER", "RMI_PSCI_COMPLETE"),
    }
)


class PartialRmm(Rmm):
    """One RMM of which a trace shows only part."""

    partial: ClassVar[bool] = True
    doubt: ClassVar[tuple[type[Exception], ...]] = (Unknown,)
    open: ClassVar[Any] = OPEN
    granules: PartialGranules
    devices: PartialGranules
    realms: Objects[Realm]
    recs: Objects[Rec]
    rtts: Tables

    def __init__(self, header: Header) -> None:
        super().__init__(header)
        self.history = History()
        banks = [(b.base, b.size) for b in header.memory if b.kind == "conventional"]
        device = [(b.base, b.size) for b in header.memory if b.kind != "conventional"]
        bits = 0 if header.memory else header.pa_width
        assumed = header.other.get("assumed")
        if not header.memory or (isinstance(assumed, list) and "pa_width" in assumed):
            self.pa_width = OPEN
        size = header.granule_size
        self.granules = PartialGranules(banks, size, self.history, bits=bits)
        self.devices = PartialGranules(device, size, self.history, bits=bits)
        self.gstate = self.granules.state
        self.delegable = self.granules.has
        self.realms = Objects(self, RD, self._unknown_realm)
        self.recs = Objects(self, REC, self._unknown_rec)
        self.rtts = Tables(self)
        self._objects = {RD: self.realms, REC: self.recs, RTT: self.rtts}
        self.before: dict[int, int] = {}  # a granule that a call hands out: what it may have been
        self._stamps: dict[int, int] = {}  # of a realm or REC: when it was last certain

    # --- what passed unseen -----------------------------------------------------------

    def hide(self, calls: int, commands: Collection[str], *, ended: bool = False) -> None:
        """At most so many calls of these commands, and nobody knows of what.

        `ended`: none of them has left an operation open.
        """
        if not calls or not commands:
            return
        self.history.add(moves_of(frozenset(commands), self.rmi), calls)
        names = set(commands)
        if any(name.startswith(_TABLES) for name in names - {_READS_TABLES}):
            self.forget_tables()
        for realm in self.realms.values():
            self._hide_of_realm(realm, names)
        if names & (_RUNS | _RECS | _GRANTS):
            self.forget_recs()
        if self.rmi != "1.0" and (names - _AT_ONCE) and not ended:
            self.operations = OPEN
        if any(word in name for name in names for word in _DEVICES):
            self._forget_devices()
        # Both may have been operations, which an OP_CONTINUE ends.
        if names & _STARTS or (self.rmi != "1.0" and names & _ENDS):
            self.state = OPEN
        if "RMI_REALM_CREATE" in names or "RMI_REALM_DESTROY" in names:
            self.vmids = OPEN
        if self.interrupt is not None:
            self.interrupt = OPEN

    def _hide_of_realm(self, realm: Realm, names: set[str]) -> None:
        opened(realm)
        if names & _ACTIVATE:
            forget(realm, "state")
        if names & _RECS:
            forget(realm, "num_recs", "rec_index")
        if any("VDEV" in name for name in names):
            forget(realm, "vdevs")
        if self.cpus > 1 and "RMI_REC_ENTER" in names:
            forget(realm, "running")

    def forget_recs(self, *owners: int) -> None:
        """What changes of a REC: all but who it is; of these realms, or of all."""
        for rec in self.recs.values():
            opened(rec)
            if owners and known_of(rec, "owner") not in (*owners, None):
                continue
            keep = {"addr", "owner", "mpidr", "aux"} | ({"state"} if self.cpus == 1 else set())
            forget(rec, *(set(Rec.__slots__) - keep))
        self.realm_memory = RealmMemory()

    def forget_tables(self) -> None:
        """Every entry may be another; where the starting tables lie stays."""
        for realm in self.realms.values():
            opened(realm)
            trees = known_of(realm, "trees")
            if trees is not None:
                realm.trees = [[emptied(root) for root in tree] for tree in trees]
        self.rtts.clear()
        self.data_refs = OPEN
        self.realm_memory = RealmMemory()

    def forget_leaves(self) -> None:
        """Entries may be others; which tables there are stays."""
        tables = [root for realm in self.realms.values() for root in _roots(realm)]
        while tables:
            entries = loosened(tables.pop())
            entries.forget_leaves()
            tables += [t for t in map(self.rtts.below, entries.known_ones()) if t is not None]

    def _forget_devices(self) -> None:
        self.pdevs = self.vdevs = self.psmmus = OPEN
        self._objects.pop(PDEV, None)
        self._objects.pop(VDEV, None)

    def begins_in_mid_life(self) -> None:
        """Before the first call: the trace does not begin when the RMM did."""
        self.granules.unknown_at_first()
        self.devices.unknown_at_first()
        self._forget_devices()
        self.data_refs = OPEN
        self.vmids = OPEN
        if self.rmi != "1.0":
            self.operations = OPEN
            self.state = OPEN

    def may_be_granule(self, addr: int) -> bool:
        """Whether there may be a granule of memory at `addr`."""
        try:
            return self.granules.state(addr) is not None
        except Unknown:  # the memory map is not known
            return True

    # --- what is learnt ---------------------------------------------------------------

    def learn(self, addr: int, state: int) -> None:
        """The granule is in this state; what is known of its object stays if it is the same."""
        if addr & self.offset_mask:
            return
        known = self.granules.mask(addr)
        stamp = self._stamps.get(addr, self.granules.stamp(addr))
        for was, kept in self._objects.items():
            if addr in dict.keys(kept) and (was != state or self.history.replaced(state, stamp)):
                dict.pop(kept, addr)
        if known != 1 << state or self.granules.stamp(addr) != len(self.history):
            self.granules.set(addr, state)
        self._certain(addr, state)

    def put(self, addr: int, state: int, thing: Any = None) -> None:
        """As of Rmm; what the granule was before need not be known."""
        if addr & self.offset_mask:
            return
        for kept in self._objects.values():
            dict.pop(kept, addr, None)
        self.realm_memory.forget(addr)
        self.granules.set(addr, state)
        self._certain(addr, state)
        if thing is not None:
            self._objects[state][addr] = thing

    def _certain(self, addr: int, state: int) -> None:
        if state in self._objects:
            self._stamps[addr] = len(self.history)
        else:
            self._stamps.pop(addr, None)

    def every(self, objects: Iterable[Any]) -> Iterable[Any]:
        """Of what is known there may always be more."""
        raise Open("the captured calls do not tell of every realm and REC")

    def more_than_seen(self) -> bool:
        raise Open("the captured calls do not tell of every granule")

    def spread(self, old: int, new: int, calls: int = 1) -> None:
        """Granules, nobody knows which, have gone from one state into another."""
        moves = tuple(1 << s | (1 << new if s == old else 0) for s in range(EVERY.bit_length()))
        self.history.add(moves, calls)

    def change_range(self, base: int, top: int, state: int) -> None:
        """The memory in [base, top) has gone into a state."""
        granule = self.granules.granule
        for kept in (self.granules, self.devices):
            at = base & -granule
            try:
                inside = kept.has(at)
            except Unknown:  # the memory map is not known, and now it has this
                inside = kept is self.granules
            if inside:
                kept.set_range(at, max(top, at), state)

    def runs(self, rec: int) -> None:
        """A REC is being entered, or was: whether it still runs is not known."""
        found = self.recs.known(rec)
        if found is not None:
            forget(opened(found), "state")
        for realm in self.realms.values():
            forget(opened(realm), "running")

    def entered(self, rec: int) -> None:
        """A REC has run, and what it did is not known: its realm may have ended."""
        found = self.recs.known(rec)
        owner = None if found is None else known_of(found, "owner")
        self.forget_recs(*([] if owner is None else [owner]))
        for realm in self.realms.values():
            if owner in (None, realm.rd):
                forget(opened(realm), "state")

    # --- objects of which nothing is known -----------------------------------------------

    def _unknown_realm(self, rd: int) -> Realm:
        realm = blank(Realm)
        realm.rd = rd
        if self.cpus == 1:
            realm.running = 0
        return realm

    def _unknown_rec(self, addr: int) -> Rec:
        rec = blank(Rec)
        rec.addr = addr
        if self.cpus == 1:
            rec.state = 0
        return rec


def _roots(realm: Realm) -> list[Table]:
    """All starting tables, as far as they are known."""
    return [root for tree in known_of(realm, "trees") or () for root in tree]

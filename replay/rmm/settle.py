"""What a success tells where the model does not know enough to follow it.

The effects (`replay.rmm.effects`) change what they find.  Where that was not captured,
a success still says something of the granules that the call names or hands out, and of
the tables on its way; which others changed, nobody knows, and `PartialRmm.spread` says
so.  What no course of the missing calls permits is handed back as a text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from replay.rmm.doubt import blank, forget, known_of, opened
from replay.rmm.partial_tables import PartialTable, reach
from replay.rmm.realm import Realm
from replay.rmm.rec import Rec
from replay.rmm.rtt import (
    LEVEL_PAGE,
    destroyed,
    from_descriptor,
    level_size,
    make_entry,
)
from replay.rmm.unknown import Unknown
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_NS,
    DATA,
    DELEGATED,
    GRANULE_NAME,
    RAM,
    RD,
    REALM_NEW,
    REC,
    REC_AUX,
    RMI_INCOMPLETE,
    RTT,
    TABLE,
    UNASSIGNED_NS,
    UNDELEGATED,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay.rmm.partial import PartialRmm
    from replay.rmm.rtt import Table
    from replay.spec.table import Command


class Call:
    """A call that succeeded: arguments and outputs by their names."""

    def __init__(
        self, m: PartialRmm, command: Command, x: Sequence[int], r: Sequence[int], seen: int
    ) -> None:
        self.m = m
        self.command = command
        self.x = x
        self.r = r
        self.seen = seen
        self.problems: list[str] = []

    def arg(self, *names: str) -> int:
        """An argument, by one of the names that it has in the versions."""
        inputs = self.command.inputs
        return self.x[next(inputs.index(name) for name in names if name in inputs)]

    def out(self, name: str) -> int | None:
        """An output; None if it was not captured."""
        register = self.command.outputs.index(name) + 1
        return self.r[register] if register < self.seen else None

    @property
    def level(self) -> int:
        """The level that the call names."""
        return signed(self.arg("level"))

    def entry(self, level: int) -> tuple[Table, int] | None:
        """Where the entry of `level` for the call's IPA stands, if that can be said."""
        realm = self.realm if "_AUX_" not in self.command.name else None  # of the primary tree
        return None if realm is None else reach(self.m, realm, self.arg("ipa"), level)

    @property
    def realm(self) -> Realm | None:
        """The realm that the call names; None where that is not certain."""
        try:
            found: Realm | None = self.m.realms.get(self.arg("rd"))
        except Unknown:
            return None
        return found

    def write(self, level: int, entry: int | None) -> None:
        """The entry of `level` for the call's IPA is this now; None: nobody knows."""
        at = self.entry(level)
        if at is None:
            return
        table, index = at
        if entry is not None:
            table.set(index, entry)
        elif isinstance(table, PartialTable):
            table.forget(index)
        else:  # where all was known, and now is not
            self.m.forget_tables()

    def handed_out(self, name: str, was: int) -> None:
        """A granule that the RMM hands out: it was of a kind, and is DELEGATED now."""
        addr = self.out(name)
        m = self.m
        if addr is None:
            m.spread(was, DELEGATED)
            return
        if not m.may_be_granule(addr):
            self.problems.append(f"{name} is {addr:#x}, which is no granule")
            return
        if not m.before.get(addr, m.granules.mask(addr)) >> was & 1:
            self.problems.append(f"{name} is {addr:#x}, which cannot be {GRANULE_NAME[was]}")
        m.put(addr, DELEGATED)

    def goes_to(self, name: str, begin: int, least: int, size: int) -> None:
        """An output that says where the host is to go on: an IPA from `least` on."""
        top = self.out(name)
        if top is not None and (top < least or top % size):
            self.problems.append(f"{name} is {top:#x}, no end of an entry from {begin:#x} on")


def settle(
    m: PartialRmm, command: Command, x: Sequence[int], r: Sequence[int], seen: int
) -> list[str]:
    """Take from a success, or an operation that began, what it says; what is wrong with it.

    `seen`: how many registers of `r` were captured.
    """
    known = _SETTLED.get(command.effect)
    call = Call(m, command, x, r, seen)
    if r[0] & 0xFF == RMI_INCOMPLETE or (known is None and command.effect not in _NOTHING):
        m.hide(1, {command.name, "RMI_OP_CONTINUE"})
    elif known is not None:
        known(call)
    return call.problems


# --- realms and RECs ------------------------------------------------------------------------


def _realm_create(call: Call) -> None:
    realm = blank(Realm)
    realm.rd, realm.state, realm.num_recs, realm.running = call.arg("rd"), REALM_NEW, 0, 0
    call.m.put(realm.rd, RD, realm)
    call.m.spread(DELEGATED, RTT)


def _realm_destroy(call: Call) -> None:
    call.m.put(call.arg("rd"), DELEGATED)
    call.m.spread(RTT, DELEGATED)


def _rec_create(call: Call) -> None:
    rec = blank(Rec)
    rec.addr, rec.owner, rec.state = call.arg("rec", "rec_ptr"), call.arg("rd"), 0
    call.m.put(rec.addr, REC, rec)
    _other_recs(call, DELEGATED, REC_AUX)


def _rec_destroy(call: Call) -> None:
    call.m.put(call.arg("rec", "rec_ptr"), DELEGATED)
    _other_recs(call, REC_AUX, DELEGATED)


def _other_recs(call: Call, old: int, new: int) -> None:
    """Auxiliary granules have changed, and how many RECs a realm has."""
    call.m.spread(old, new)
    for realm in call.m.realms.values():
        forget(opened(realm), "num_recs", "rec_index")


def _enter(call: Call) -> None:
    call.m.entered(call.arg("rec", "rec_ptr"))


def _psci(call: Call) -> None:
    call.m.forget_recs()


def _set_ripas(call: Call) -> None:
    rec = call.m.recs.known(call.arg("rec", "rec_ptr"))
    if rec is not None:
        forget(opened(rec), "ripas_addr", "ripas_destroyed", "s2ap_base", "dev_mem")
    call.m.forget_leaves()


# --- tables ---------------------------------------------------------------------------------


def _rtt_create(call: Call) -> None:
    rtt, level = call.arg("rtt"), call.level
    at = call.entry(level - 1)
    table = PartialTable(rtt, level, call.arg("ipa")) if at is not None else None
    call.m.put(rtt, RTT, table)
    if at is not None:
        at[0].set(at[1], make_entry(TABLE, addr=rtt))


def _rtt_destroy(call: Call) -> None:
    level, ipa = call.level, call.arg("ipa")
    call.handed_out("rtt", RTT)
    call.goes_to("top", ipa, ipa + level_size(level - 1), level_size(level - 1))
    width = known_of(call.realm, "ipa_width")
    call.write(level - 1, None if width is None else destroyed(not ipa >> (width - 1)))


def _rtt_fold(call: Call) -> None:
    call.handed_out("rtt", RTT)
    call.write(call.level - 1, None)


def _read_entry(call: Call) -> None:
    walk_level = call.out("walk_level")
    if walk_level is None:
        return
    level = signed(walk_level)
    if not -1 <= level <= call.level:
        call.problems.append(f"walk_level is {level}, not a level down to {call.level}")
    else:
        call.entry(level)  # there are tables down to it


def _data_create(call: Call) -> None:
    data = call.arg("data")
    call.m.put(data, DATA)
    call.write(LEVEL_PAGE, make_entry(ASSIGNED, RAM, data))


def _data_create_unknown(call: Call) -> None:
    call.m.put(call.arg("data"), DATA)
    call.write(LEVEL_PAGE, None)


def _data_destroy(call: Call) -> None:
    ipa = call.arg("ipa")
    call.handed_out("data", DATA)
    call.goes_to("top", ipa, ipa + level_size(LEVEL_PAGE), level_size(LEVEL_PAGE))
    call.write(LEVEL_PAGE, None)


def _map_unprotected(call: Call) -> None:
    lpa2 = known_of(call.realm, "feat_lpa2")
    entry = None if lpa2 is None else from_descriptor(call.arg("desc"), ASSIGNED_NS, lpa2)
    call.write(call.level, entry)


def _unmap_unprotected(call: Call) -> None:
    ipa, size = call.arg("ipa"), level_size(call.level)
    call.goes_to("top", ipa, ipa + size, size)
    call.write(call.level, make_entry(UNASSIGNED_NS))


def _init_ripas(call: Call) -> None:
    base, top, out = call.arg("base"), call.arg("top"), call.out("out_top")
    if out is not None and (not base < out <= top or out % level_size(LEVEL_PAGE)):
        call.problems.append(f"out_top is {out:#x}, not in ({base:#x}, {top:#x}]")
    call.m.forget_leaves()


# --- ranges of 2.0 ----------------------------------------------------------------------------


def _range_map(call: Call) -> None:
    call.m.spread(DELEGATED, DATA)
    call.m.forget_leaves()


def _range_unmap(call: Call) -> None:
    call.m.spread(DATA, DELEGATED)
    call.m.forget_leaves()


def _delegated(call: Call) -> None:
    _range(call, UNDELEGATED, DELEGATED)


def _undelegated(call: Call) -> None:
    _range(call, DELEGATED, UNDELEGATED)


def _range(call: Call, old: int, new: int) -> None:
    """Memory up to the end that was told has gone into another state."""
    end = call.out("next")
    if end is None:
        call.m.spread(old, new)
    else:
        call.m.change_range(call.arg("base"), min(end, call.arg("top")), new)


_SETTLED: Final[dict[str, Callable[[Call], None]]] = {
    "realm_create": _realm_create,
    "realm_destroy": _realm_destroy,
    "rec_create": _rec_create,
    "rec_destroy": _rec_destroy,
    "rtt_create": _rtt_create,
    "rtt_destroy": _rtt_destroy,
    "rtt_fold": _rtt_fold,
    "rtt_read_entry": _read_entry,
    "data_create": _data_create,
    "data_create_unknown": _data_create_unknown,
    "data_destroy": _data_destroy,
    "rtt_map_unprotected": _map_unprotected,
    "rtt_unmap_unprotected": _unmap_unprotected,
    "rtt_init_ripas": _init_ripas,
    "rtt_data_map_init": _data_create,
    "rtt_data_map": _range_map,
    "rtt_unprot_map": _range_map,
    "rtt_unmap": _range_unmap,
    "rec_enter": _enter,
    "psci_complete": _psci,
    "psci_complete_2_0": _psci,
    "rtt_set_ripas": _set_ripas,
    "rtt_set_s2ap": _set_ripas,
    "rtt_dev_validate": _set_ripas,
    "range_delegate": _delegated,
    "range_undelegate": _undelegated,
}
# These change entries only, or nothing: what was not known stays so.
_NOTHING: Final = frozenset(
    {
        *("version", "features", "config_get", "config_set", "rmm_state_get", "tracking_get"),
        *("tracking_get_region", "tracking_set", "gpt_info", "gpt_l1_create", "gpt_l1_destroy"),
        *("rec_aux_count", "granule_delegate", "granule_undelegate"),
    }
)

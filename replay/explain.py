"""What a report says beside a violation: the model's view, and how it came to be."""

from __future__ import annotations

from collections.abc import Reversible, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from replay.rmm import addr_list
from replay.rmm.doubt import States
from replay.rmm.model import Unknown
from replay.rmm.operation import expected_call
from replay.rmm.rtt import ADDRESS, LEVEL_PAGE, level_size
from replay.rmm.values import (
    ASSIGNED,
    DATA,
    GPT_NS,
    GRANULE_NAME,
    HIPAS_NAME,
    PARTIAL,
    PAS_OF_NAME,
    REALM_STATE_NAME,
    REC,
    REC_AUX,
    REC_RUNNING,
    RIPAS_NAME,
    RTT,
    TABLE,
    UNASSIGNED_NS,
    UNDELEGATED,
    result_name,
    signed,
)
from replay.rmm.values import RD as RD_GRANULE

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.spec.table import Command
    from traces.event import Smc

STORY = 6  # lines

# What an argument is follows from its name; all that stands in neither set is a
# physical address.  `base` and `top` are IPAs where the command names a realm.
_NUMBERS = frozenset({"category", "count", "desc", "flags", "index", "level", "psmmu", "req"})
_NUMBERS |= {"sid", "state", "status", "stream", "value"}
_IPAS = frozenset({"base", "ipa", "top"})
_PAS_NAME = {number: name for name, number in PAS_OF_NAME.items()}
# Commands that change nothing end so: they are no part of a story.
_READS = ("_COUNT", "_ENTRY", "_FEATURES", "_GET", "_GET_STATE", "_INFO", "_VERSION")
_MOST_TABLES = 64  # searched for a mapping: some 30 us each


# A call that changed something: its line, X1.., X0..  (A plain tuple: one is made a call.)
Past: TypeAlias = tuple[int, "Command", Sequence[int], Sequence[int]]


# --- the model's view


def view(m: Rmm, command: Command, smc: Smc) -> tuple[str, ...]:
    """One line an argument: `name value`, and what the model knows of it.

    Of a granule its state and whose it is; of an IPA where the walk ends; of
    what is no memory the nearest bank.
    """
    realm = m.realms.get(smc.x[0]) if "rd" in command.inputs[:1] else None
    named = dict(zip(command.inputs, smc.x, strict=False))
    lines = []
    for name, value in named.items():
        shown = number(name, value)
        if name == "handle":
            lines.append(f"{name} {shown}: {of_operation(m, value)}")
        elif name in _NUMBERS:
            lines.append(f"{name} {shown}")
        elif name == "oaddr":
            lines.append(f"{name} {shown}{_of_oaddr(m, named.get('flags', 0), value)}")
        elif name in _IPAS and "rd" in command.inputs:
            about = of_ipa(m, realm, value) if realm is not None and name != "top" else ""
            lines.append(f"{name} {shown}{about and ': '}{about}")
        elif name == "top":
            lines.append(f"{name} {shown}")
        elif name == "base" and "top" in named:
            lines.append(f"{name} {shown}: {of_range(m, value, named['top'])}")
        else:
            lines.append(f"{name} {shown}: {of_granule(m, value)}")
        if name == "run_ptr" and smc.memory is not None and smc.memory.page(value):
            lines[-1] += f", the host sets {enter_flags(smc.memory.u64(value))}"
    return tuple(lines)


_ENTER_FLAGS = (
    *("EMUL_MMIO", "INJECT_SEA", "TRAP_WFI", "TRAP_WFE"),
    *("RIPAS_RESPONSE", "S2AP_RESPONSE", "DEV_MEM_RESPONSE", "FORCE_P0"),
)


def enter_flags(value: int) -> str:
    """RmiRecEnterFlags by name."""
    found = [name for bit, name in enumerate(_ENTER_FLAGS) if value >> bit & 1]
    if rest := value >> len(_ENTER_FLAGS) << len(_ENTER_FLAGS):
        found.append(f"{rest:#x}")
    return " and ".join(found) or "no flag"


def number(name: str, value: int) -> str:
    """A register as a report shows it: levels and PSCI statuses with a sign, else hex."""
    return str(signed(value)) if name in ("level", "status") else f"{value:#x}"


def of_granule(m: Rmm, addr: int) -> str:
    """The state of the granule at `addr` and whose it is, in words."""
    if addr & m.offset_mask and (m.granules.has(addr) or m.devices.has(addr)):
        return f"not aligned to a granule; {addr & ~m.offset_mask:#x} is " + of_granule(
            m, addr & ~m.offset_mask
        )
    state: Any = m.gstate(addr)  # States where the trace leaves calls out
    if state is None:
        state = m.devices.state(addr)
        return _nowhere(m, addr) if state is None else f"a device granule, {GRANULE_NAME[state]}"
    if isinstance(state, States):
        return " or ".join(state.names()) + ", the captured calls do not tell"
    text = GRANULE_NAME[state]
    with suppress(Unknown):
        text += _details(m, addr, state)
    return text


def _details(m: Rmm, addr: int, state: int) -> str:
    """Whose a granule is."""
    text = ""
    if state == UNDELEGATED:
        pas = m.gpt(addr)
        if pas is not None and pas != GPT_NS:
            text += f", in the PAS {_PAS_NAME.get(pas, str(pas))}"
    elif state == RD_GRANULE and addr in m.realms:
        text += _of_realm(m.realms[addr])
    elif state == REC and addr in m.recs:
        text += _of_rec(m, addr)
    elif state == REC_AUX:
        owners = (rec.addr for rec in m.recs.values() if addr in rec.aux)
        text += "".join(f" of the REC {owner:#x}" for owner in owners)
    elif state == RTT and addr in m.rtts:
        text += _of_rtt(m, addr)
    elif state == DATA:
        text += _of_data(m, addr)
    elif state == PARTIAL:
        for op in m.operations.open.values():
            if addr in op.objects:
                text += f", in operation {op.handle:#x} ({op.name})"
    return text


def of_range(m: Rmm, base: int, top: int) -> str:
    """The state at `base`, and how far into [base, top) it reaches."""
    text = of_granule(m, base)
    granules = m.granules if m.gstate(base) is not None else m.devices
    if granules.state(base) is None or top <= base + m.granule:
        return text
    # A range may be absurd; its first gigabyte tells enough.
    limit = min(top, base + (1 << 30)) & ~m.offset_mask
    end = granules.run(base, limit)[1]
    return text if end >= limit else f"{text} up to {end:#x}, which is {of_granule(m, end)}"


def of_ipa(m: Rmm, realm: Realm, ipa: int) -> str:
    """Where the walk to `ipa` ends in the realm's primary tree, and what is there."""
    try:
        w = m.walk(realm, ipa, LEVEL_PAGE)
    except Unknown as unknown:
        return str(unknown)
    if w is None:
        return f"outside of the realm's {realm.ipa_width} bits of IPA space"
    half = "protected" if ipa < realm.protected_top else "unprotected"
    e = w.rtte
    text = f"{half}, the walk ends at level {w.level}: {HIPAS_NAME[e.state]}"
    if e.state != TABLE and e.state < UNASSIGNED_NS:
        text += f" {RIPAS_NAME[e.ripas]}"
    return f"{text} -> {e.addr:#x}" if e.live else text


def of_operation(m: Rmm, handle: int) -> str:
    """The stateful operation with a handle, and what it waits for (2.0)."""
    op = m.operations.open.get(handle)
    if op is None:
        return "no operation"
    held = f", holds {len(op.given)} granules" if op.given else ""
    return f"{op.name}, waits for {expected_call(op)}{held}"


def _of_realm(realm: Realm) -> str:
    recs = f"{realm.num_recs} REC" + ("" if realm.num_recs == 1 else "s")
    return f" of a realm: {REALM_STATE_NAME[realm.state]}, {realm.ipa_width} bits of IPA, {recs}"


def _of_rec(m: Rmm, addr: int) -> str:
    rec = m.recs[addr]
    text = f" of the realm {rec.owner:#x}: {'' if rec.runnable else 'not '}runnable"
    if rec.state == REC_RUNNING:
        text += ", running"
    if rec.psci_pending:
        text += ", a PSCI request is pending"
    if rec.ripas_top:
        text += f", a RIPAS change of [{rec.ripas_addr:#x}, {rec.ripas_top:#x}) is pending"
    return text


def _of_rtt(m: Rmm, addr: int) -> str:
    rtt = m.rtts[addr]
    text = f" of level {rtt.level} at IPA {rtt.base:#x}, {rtt.refs} live entries"
    for realm in m.realms.values():
        for tree in range(len(realm.trees)):
            with suppress(Unknown):  # another table of the realm is gone
                w = m.walk(realm, rtt.base, rtt.level, tree)
                if w is not None and w.rtt is rtt:
                    return f"{text}, of the realm {realm.rd:#x}"
    return text


def _of_data(m: Rmm, addr: int) -> str:
    """The IPA at which a DATA granule is mapped, where the tables are few enough to look."""
    if len(m.rtts) > _MOST_TABLES:
        return ""
    for rtt in m.rtts.values():
        size = level_size(rtt.level)
        for index, entry in enumerate(rtt.entries):
            if entry & 7 == ASSIGNED and entry & ADDRESS <= addr < (entry & ADDRESS) + size:
                ipa = rtt.base + index * size + (addr - (entry & ADDRESS))
                return f", mapped at IPA {ipa:#x}"
    return ""


def _of_oaddr(m: Rmm, flags: int, value: int) -> str:
    """Output addresses of a map or unmap command (2.0): none, one range, or a list of them."""
    kind = addr_list.kind_of(flags)
    if kind == addr_list.SINGLE:
        base, top = _described(value)
        count = (top - base) >> 12
        return (
            f": {count} granule{'' if count == 1 else 's'} from {base:#x}: {of_range(m, base, top)}"
        )
    return f": {of_granule(m, value)}" if kind == addr_list.LIST else ""


def _described(word: int) -> tuple[int, int]:
    """The addresses of an address range descriptor (2.0): from, to."""
    base = word & ADDRESS
    return base, base + addr_list.count_of(word) * level_size(addr_list.level_of(word))


def _nowhere(m: Rmm, addr: int) -> str:
    """`addr` is in no bank: say which is the nearest."""
    if not m.banks:
        return "in no memory bank"

    def distance(bank_base: int, size: int) -> int:
        return max(bank_base - addr, addr - (bank_base + size) + 1, 0)

    bank = min(m.banks, key=lambda b: distance(b.base, b.size))
    if addr < bank.base:
        return f"in no memory bank; the nearest begins at {bank.base:#x}"
    return f"in no memory bank; the nearest ends at {bank.base + bank.size:#x}"


# --- the story


def story(history: Reversible[Past], command: Command, smc: Smc) -> tuple[str, ...]:
    """The last calls that changed what this one names, oldest first.

    `history` has the newest last and may hold the call itself, which is left
    out.  Concerned is a call that names the same granule (or range), the same
    operation, or the same IPA of the same realm at a level that covers it; the
    realm alone only where the call is about the realm itself.
    """
    mine = _mine(command, smc)
    # Most calls have nothing to do with this one, and most can be told without asking
    # what they are about: they name none of its granules, nor the realm of its IPAs.
    named = {first for _, first, _ in mine} | {space for space, _, _ in mine}
    points = all(space != "pa" or end - first == 1 for space, first, end in mine)
    found: list[str] = []
    for past in reversed(history):
        line, earlier, x, r = past
        if earlier.name.endswith(_READS):
            continue
        if points and named.isdisjoint(x) and named.isdisjoint(r) and not _names_range(earlier):
            continue
        if line != smc.line and _meet(mine, _subjects(earlier, x, r)):
            found.append(told(past))
            if len(found) == STORY:
                break
    return tuple(reversed(found))


def _names_range(command: Command) -> bool:
    """Whether a call of it may be about granules that no register of it names."""
    inputs = command.inputs
    ranges = "oaddr" in inputs or ("top" in inputs and "rd" not in inputs)
    return ranges or "range" in command.outputs


def told(past: Past) -> str:
    """`line 812: RMI_GRANULE_DELEGATE 0x88001a000 -> SUCCESS`."""
    line, command, x, r = past
    return f"line {line}: {call(command, x)} -> {result_name(r[0])}"


def call(command: Command, x: Sequence[int]) -> str:
    """A call in one line: its name and its arguments."""
    return " ".join([command.name, *map(number, command.inputs, x)])


# A subject: (space, first, end).  The space is "pa", "op", or the RD of a realm's IPAs.
_Subject = tuple[object, int, int]


def _mine(command: Command, smc: Smc) -> list[_Subject]:
    """What the call to explain is about: of a range where it begins, and where it got to."""
    named = dict(zip(command.inputs, smc.x, strict=False))
    begin = named.get("base", 0) + 1
    found = _subjects(command, [begin if n == "top" else value for n, value in named.items()])
    for name, value in named.items():
        if _is_hosts(name):  # who made the page what it is, not who else used it
            found.append(("pa", value, value + 1))
    for name, value in zip(command.outputs, (smc.r or [])[1:], strict=False):
        if name in ("next", "out_top") and value < named.get("top", 0):
            found.append((named.get("rd", "pa"), value, value + 1))
    return found


def _subjects(command: Command, x: Sequence[int], r: Sequence[int] = ()) -> list[_Subject]:
    """What a call is about; `r` (X0..) where its outputs count too."""
    inputs = command.inputs
    named = dict(zip(inputs, x, strict=False))
    rd = named.get("rd")
    found: list[_Subject] = []
    for name, value in named.items():
        if name == "handle":
            found.append(("op", value, value + 1))
        elif name == "oaddr":
            if addr_list.kind_of(named.get("flags", 0)) == addr_list.SINGLE:
                found.append(("pa", *_described(value)))
        elif name in _NUMBERS or name == "top" or _is_hosts(name):
            continue
        elif name in _IPAS and rd is not None:
            found.append((rd, *_reach(command, named, name)))
        elif name == "base":
            found.append(("pa", value, max(named.get("top", 0), value + 1)))
        elif name != "rd" or not {"ipa", "base"} & named.keys():
            # A call that names a realm and an IPA is about the IPA.
            found.append(("pa", value, value + 1))
    for name, value in zip(command.outputs, r[1:], strict=False):
        if name in ("data", "rtt") and value:
            found.append(("pa", value, value + 1))
        elif name == "range" and value:
            found.append(("pa", *_described(value)))
        elif name == "handle":
            found.append(("op", value, value + 1))
    return found


def _is_hosts(name: str) -> bool:
    """Whether an argument names a page of the host's own, which calls use again and again."""
    return name in ("list", "src") or (name.endswith("_ptr") and name != "rec_ptr")


def _reach(command: Command, named: dict[str, int], name: str) -> tuple[int, int]:
    """The IPAs that an argument covers: a range, or an entry of the level named."""
    value = named[name]
    if name == "base":
        return value, max(named.get("top", 0), value + 1)
    level = signed(named.get("level", LEVEL_PAGE))
    if not -1 <= level <= LEVEL_PAGE:
        level = LEVEL_PAGE
    # A command on a table names the table's level: it covers its parent's entry.
    size = level_size(level - 1 if "rtt" in command.inputs + command.outputs else level)
    first = value & -size
    return first, first + size


def _meet(mine: list[_Subject], theirs: list[_Subject]) -> bool:
    return any(
        a == b and low < up and bottom < high for a, low, high in mine for b, bottom, up in theirs
    )

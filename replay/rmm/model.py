"""The state of one RMM, as its commands see it.

`Rmm` holds what a condition may ask and what an effect may change; it decides
nothing.  Units: addresses and sizes in bytes, levels as the specification counts
them (-1 to 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from replay.rmm import interrupts
from replay.rmm.choices import WHOLE
from replay.rmm.device import Pdev, Psmmu, Vdev
from replay.rmm.granules import Granules
from replay.rmm.operation import Operations
from replay.rmm.realm import Realm, RealmParams
from replay.rmm.realm_side.memory import RealmMemory
from replay.rmm.rec import Rec, RecParams
from replay.rmm.rtt import PAGE, Table, Walk, walk
from replay.rmm.run_page import RecRun
from replay.rmm.traits import Traits
from replay.rmm.unknown import Unknown as Unknown
from replay.rmm.values import (
    DATA,
    GPT_AAP,
    GPT_NS,
    GPT_REALM,
    PAS_OF_NAME,
    PDEV,
    RD,
    REC,
    RMM_ACTIVE,
    RMM_INIT,
    RTT,
    UNDELEGATED,
    VDEV,
)

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replay.spec.table import Command, Held
    from traces.event import Event, Header, Memory, Smc


class Rmm:
    """One RMM on one machine, as the trace's header describes it.

    `rtts` has every table by its address, `vmids` the VMIDs in use (1.0),
    `data_refs` how many auxiliary mappings a DATA granule has (2.0), `pas` the
    physical address spaces that other agents gave to undelegated granules,
    `realm_memory` what is known of what realms have in DATA granules.
    `operations` are the stateful operations that wait for the host (2.0), `psmmus`,
    `pdevs` and `vdevs` the devices that the RMM knows.  `interrupt`: how often the RMM
    may look before it finds an interrupt pending (see `interrupts.Interrupts`).
    During a call `smc` is the call, `command` its table (set for the effect), `mem` the
    memory it may read; what a realm
    did or an output that should be otherwise is left in `problems`, remarks in
    `notes`, both for the judge to take.  `choices` and `written` are for who makes
    answers up: what to choose, and what the call wrote into the host's memory.

    Of a whole trace everything is known that the RMM knows.  Where calls are missing
    (`replay.partial`), a condition that depends on what is not known raises one of
    `doubt` and is noted in `doubted`; what a table binds to a name is then `open`.
    """

    partial: ClassVar[bool] = False  # the trace may leave calls out
    doubt: ClassVar[tuple[type[Exception], ...]] = ()
    open: ClassVar[Any] = None

    def __init__(self, header: Header) -> None:
        """Raises Unknown for a machine whose tables the model does not know."""
        if header.granule_size != PAGE:
            size = header.granule_size // 1024
            raise Unknown(f"granules of {size} KiB: the model knows the tables of 4 KiB ones only")
        self.rmi = header.rmi
        self.traits = Traits.of(header)
        self.features = dict(header.features)  # 2.0: what the header lacks is learnt
        self.pa_width = header.pa_width
        self.cpus = header.cpus
        self.granule = header.granule_size
        self.offset_mask = header.granule_size - 1
        conventional = [(b.base, b.size) for b in header.memory if b.kind == "conventional"]
        device = [(b.base, b.size) for b in header.memory if b.kind != "conventional"]
        self.banks = header.memory
        self.granules = Granules(conventional, header.granule_size)
        self.devices = Granules(device, header.granule_size)
        self.pas: dict[int, int] = {}
        self.realms: dict[int, Realm] = {}
        self.recs: dict[int, Rec] = {}
        self.rtts: dict[int, Table] = {}
        self.vmids: set[int] = set()
        self.data_refs: dict[int, int] = {}
        self.realm_memory = RealmMemory()
        self.psmmus: dict[int, Psmmu] = {}
        self.pdevs: dict[int, Pdev] = {}
        self.vdevs: dict[int, Vdev] = {}
        # What stands and falls with the state of its granule.
        self._objects: dict[int, dict[int, Any]] = {
            RD: self.realms,
            REC: self.recs,
            RTT: self.rtts,
            DATA: self.data_refs,
            PDEV: self.pdevs,
            VDEV: self.vdevs,
        }
        self.operations = Operations(self.traits)
        self.state = RMM_ACTIVE if header.rmi == "1.0" else RMM_INIT
        self.smc: Smc | None = None
        self.mem: Memory | None = None
        self.command: Command | None = None
        self.doubted: list[int] = []
        self.judged: tuple[Command, list[Held]] | None = None  # a later stage: what held in it
        self.interrupt: int | None = None
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.choices = WHOLE
        self.written: dict[int, bytes] | None = None
        # Asked several times a call, so without a frame in between.
        self.gstate = self.granules.state
        self.delegable = self.granules.has

    # --- granules -------------------------------------------------------------

    def gpt(self, addr: int) -> int | None:
        """Physical address space of the granule at `addr`; None if it is none."""
        state = self.gstate(addr)
        if state is None:
            return None
        return GPT_REALM if state != UNDELEGATED else self.pas.get(addr, GPT_NS)

    def ns_access(self, addr: int) -> bool | None:
        """Whether the RMM reaches the granule as the host does; None if it is none."""
        pas = self.gpt(addr)
        return None if pas is None else pas in (GPT_NS, GPT_AAP)

    def object_at(self, addr: int) -> Any:
        """The realm, REC, table or device whose granule is at `addr`; None if it is none."""
        state = self.gstate(addr)
        return None if state is None else self._objects.get(state, {}).get(addr)

    def put(self, addr: int, state: int, thing: Any = None) -> None:
        """Put a granule into `state`, as that of `thing`.  What it was goes with it.

        Only a fault of the RMM can name what is no granule: that stays so.
        """
        old = self.gstate(addr)
        if old is None:
            return
        if old in self._objects:
            self._objects[old].pop(addr, None)
        if old == DATA:
            self.realm_memory.forget(addr)
        if thing is not None:
            self._objects[state][addr] = thing
        self.granules.set(addr, state)

    # --- objects --------------------------------------------------------------

    def every(self, objects: dict[int, T]) -> Iterable[T]:
        """All realms, or all RECs."""
        return objects.values()

    def more_than_seen(self) -> bool:
        """Whether granules are in other states than calls have shown; Open if that may be."""
        return False

    def feature_register(self) -> int:
        """Feature register 0.  Raises Unknown if neither the header nor a call told."""
        value = self.features.get(0)
        if value is None:
            raise Unknown("feature register 0 is not known")
        return value

    def walk(self, realm: Realm, ipa: int, level: int, tree: int = 0) -> Walk | None:
        """RttWalk in a tree of the realm; None if the IPA or the level is out of range."""
        if ipa >> realm.ipa_width or not realm.rtt_level_start <= level <= 3:
            return None
        try:
            return walk(realm.trees[tree], self.rtts, ipa, level)
        except (KeyError, IndexError):  # after a fault of the RMM that was adopted
            raise Unknown("a table on the way is no table any more") from None

    def serves(self, gate: str) -> bool:
        """Whether commands of a table's `gate` (see grammar.GATES) may be called now (2.0)."""
        if gate == "any":
            return True
        if gate == "operation" and self.operations.open:
            return True  # RMM_ACTIVATE may be one that needs the host
        return self.state == (RMM_INIT if gate == "init" else RMM_ACTIVE)

    def operations_open(self) -> bool:
        """Whether a stateful operation waits for the host (2.0)."""
        return bool(self.operations.open)

    def happened(self, event: Event) -> None:
        """Take in what others than the host did: `gpt`, `realm_write`, ..."""
        if event.name == "gpt":
            self.pas[event.fields["addr"]] = PAS_OF_NAME[event.fields["pas"]]
        elif event.name == "realm_write":
            self.realm_memory.write(event.fields["pa"], bytes.fromhex(event.fields["data"]))
        elif event.name == "irq_after":
            self.interrupt = interrupts.looks(event.fields)

    # --- memory that the call reads and writes ---------------------------------

    def writes(self, addr: int, data: bytes) -> Memory | None:
        """The call writes `data` into the host's memory: kept for who makes the answer up.

        Returns what was seen of the writing, if the trace has it, to be compared.
        """
        if self.written is not None and data:
            self.written[addr] = data
        return self.smc.memory_out if self.smc is not None else None

    def page(self, addr: int) -> Memory | None:
        """The call's memory if the page at `addr` was captured, else None."""
        mem = self.mem
        return mem if mem is not None and mem.page(addr) else None

    def realm_params(self, addr: int) -> RealmParams | None:
        mem = self.page(addr)
        return None if mem is None else RealmParams(mem, addr)

    def rec_params(self, addr: int) -> RecParams | None:
        mem = self.page(addr)
        return None if mem is None else RecParams(mem, addr)

    def rec_run(self, addr: int) -> RecRun | None:
        mem = self.page(addr)
        return None if mem is None else RecRun(mem, addr)

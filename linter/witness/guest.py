"""A realm that really exists: made by calls to the RMM, and known to the kernel's structs.

What a function under test asks of `struct kvm` and `struct kvm_vcpu` then fits what the RMM
knows: descriptor, starting tables, width of addresses, RECs, mapped pages.  Fields that a
series does not have are left out.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from linter.witness.frame import Frame, Scope, Var
from linter.witness.kernel.state import Ram, state_of
from linter.witness.outcome import Stop
from linter.witness.value import Value, integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.witness.run import Run

PAGE: Final = 4096
BLOCK: Final = 2 << 20
IPA_BITS: Final = 40
START_LEVEL: Final = 1
_ROOTS: Final = 2  # starting tables of an IPA space of 40 bits, one behind the other
# Where the guest's memory begins: the last block of a table, so that code which goes over all
# that follows in a table has little to do.
IPA: Final = 0xBFE0_0000
SHARED: Final = 1 << (IPA_BITS - 1)
MAPPED: Final = 4  # pages mapped from IPA on, in a realm with contents
_RAM, _WRITEBACK = 1, 6 << 2 | 3 << 6  # RIPAS; attributes of unprotected memory
_STATE_SET: Final = 0xC400_0197  # RSI_IPA_STATE_SET
_INCOMPLETE, _DONATE = 13, 1
_STEPS: Final = 20  # of one operation

# What a realm may be when a function begins.
NONE, NEW, ACTIVE = "none", "new", "active"


class Guest(NamedTuple):
    """Kernel addresses of the VM and its vCPU; physical ones of what the RMM has."""

    kvm: int
    vcpu: int
    rd: int
    rec: int
    state: str


@contextmanager
def outside(run: Run) -> Iterator[Frame]:
    """A scope in which the scenario evaluates expressions, outside of every function."""
    before = run.frames
    frame = Frame.outside(run.world.units[0])
    frame.path, frame.line = "scenario", 0
    frame.scopes.append(Scope())
    run.frames = [frame]
    try:
        yield frame
    finally:
        run.frames = before


class Builder:
    """Makes a guest; every call to the RMM must succeed, or Stop says which did not."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = state_of(run)
        self.firmware = self.state.firmware
        assert self.firmware is not None
        if self.firmware.host is None:
            self.firmware.host = Ram(self.state, run.memory)
        self.aux = 2  # auxiliary granules of a REC
        self.delegates = self.firmware.named("RMI_GRANULE_RANGE_DELEGATE") is not None

    # --- the RMM ---------------------------------------------------------------------------

    def smc(self, name: str, *x: int) -> list[int]:
        assert self.firmware is not None
        command = self.firmware.named(name)
        if command is None:
            raise Stop(f"the scenario needs {name}, which RMI {self.firmware.rmi} has not")
        from linter.witness.firmware import Unanswerable

        try:
            r = self.firmware.smc(command.fid, x)
        except Unanswerable as error:
            raise Stop(f"the scenario could not be made: {error}") from None
        if r[0] & 0xFF == _INCOMPLETE and not name.startswith("RMI_OP_"):
            return self._drive(r)
        if r[0] and not name.startswith("RMI_OP_"):
            raise Stop(f"the scenario could not be made: {name} answers {r[0]:#x}")
        return r

    def _drive(self, r: list[int]) -> list[int]:
        """Goes on with a stateful operation until it is done, and gives what it asks for."""
        handle = r[1]
        for _ in range(_STEPS):
            if r[0] & 0xFF != _INCOMPLETE:
                break
            if r[0] >> 8 & 3 == _DONATE:
                size, count, state = r[2] & 3, r[2] >> 2 & 0x3FFF, r[2] >> 17 & 1
                if size or state:
                    raise Stop("the scenario could not be made: the RMM asks for blocks")
                base = self.page("donated", PAGE << max(count - 1, 0).bit_length())
                self.delegate(base, count * PAGE)
                words = {8 * n: base + n * PAGE | 1 << 2 for n in range(count)}
                r = self.smc("RMI_OP_MEM_DONATE", handle, self._parameters(words), count)
            else:
                r = self.smc("RMI_OP_CONTINUE", handle, 0)
        if r[0]:
            raise Stop(f"the scenario could not be made: an operation ends with {r[0]:#x}")
        return r

    def page(self, name: str, size: int = PAGE, *, zero: bool = False) -> int:
        """The physical address of pages of the host."""
        address = self.state.allocate(self.run, size, size, "page", name, zero=zero)
        found = self.state.physical(address)
        assert found is not None
        return found

    def delegate(self, base: int, size: int = PAGE) -> int:
        """Hands granules over; gives their address."""
        if self.delegates:
            self.smc("RMI_GRANULE_RANGE_DELEGATE", base, base + size)
        else:
            for at in range(base, base + size, PAGE):
                self.smc("RMI_GRANULE_DELEGATE", at)
        return base

    def delegated(self, name: str, size: int = PAGE) -> int:
        return self.delegate(self.page(name, size), size)

    # --- the guest ---------------------------------------------------------------------------

    def build(self, state: str, *, rec: bool, contents: bool, change: bool) -> Guest:
        """`rec`: with a REC; `contents`: pages are mapped; `change`: a RIPAS change waits."""
        run = self.run
        kvm, vcpu = run.memory.lazy("kvm"), run.memory.lazy("vcpu")
        roots = self.page("the starting tables", _ROOTS * PAGE, zero=True)
        rd = rec_page = run_page = 0
        if state != NONE:
            rd = self._realm(roots)
        if rec and rd:
            rec_page, run_page = self._rec(rd)
        if contents and rd:
            self._contents(rd)
        if state == ACTIVE:
            self.smc("RMI_REALM_ACTIVATE", rd)
        if change and rec_page:
            self._change(rec_page, run_page)
        guest = Guest(kvm, vcpu, rd, rec_page, state)
        self._kernel(guest, roots, run_page)
        return guest

    def _realm(self, roots: int) -> int:
        rd = self.delegated("struct realm.rd")
        self.delegate(roots, _ROOTS * PAGE)
        words = {0x8: IPA_BITS, 0x18: 1, 0x20: 1, 0x808: roots, 0x810: START_LEVEL, 0x818: _ROOTS}
        page = self._parameters(words)
        self.smc("RMI_REALM_CREATE", rd, page)
        return rd

    def _parameters(self, words: dict[int, int]) -> int:
        page = self.page("parameters", zero=True)
        for offset, word in words.items():
            assert self.firmware is not None and self.firmware.host is not None
            self.firmware.host.write(page + offset, word.to_bytes(8, "little"))
        return page

    def _rec(self, rd: int) -> tuple[int, int]:
        rec = self.delegated("rec_page")
        words = {0: 1, 0x100: 0, 0x200: 0x1000}
        assert self.firmware is not None
        if self.firmware.named("RMI_REC_AUX_COUNT") is not None and not self.delegates:
            self.aux = self.smc("RMI_REC_AUX_COUNT", rd)[1]
            words[0x800] = self.aux
            for number in range(self.aux):
                words[0x808 + 8 * number] = self.delegated("rec_aux")
        self.smc("RMI_REC_CREATE", rd, rec, self._parameters(words))
        return rec, self.page("struct rec_run", zero=True)

    def _contents(self, rd: int) -> None:
        """Tables down to pages, and MAPPED pages from IPA on; a shared one at the same place."""
        for base in (IPA, IPA | SHARED):
            for level in (START_LEVEL + 1, 3):
                size = 1 << 12 + 9 * (4 - level)
                self.smc("RMI_RTT_CREATE", rd, self.delegated("rtt"), base & -size, level)
        memory = self.state.guest(self.run, MAPPED * PAGE)
        self.delegate(memory, MAPPED * PAGE)
        for number in range(MAPPED):
            ipa, page = IPA + number * PAGE, memory + number * PAGE
            if self.delegates:
                self.smc("RMI_RTT_DATA_MAP", rd, ipa, ipa + PAGE, 1, page | 1 << 2)
            else:
                self.smc("RMI_DATA_CREATE_UNKNOWN", rd, page, ipa)
        shared = self.state.guest(self.run, PAGE)
        ipa = IPA | SHARED
        if self.delegates:
            self.smc("RMI_RTT_UNPROT_MAP", rd, ipa, ipa + PAGE, 1, shared | 1 << 2)
        else:
            self.smc("RMI_RTT_MAP_UNPROTECTED", rd, ipa, 3, shared | _WRITEBACK)

    def _change(self, rec: int, run_page: int) -> None:
        """The realm asks for MAPPED pages to become RAM, and its REC leaves for that."""
        assert self.firmware is not None
        registers = [_STATE_SET, IPA, IPA + MAPPED * PAGE, _RAM, 0]
        self.firmware.realm = [[("smc", registers + [0] * 13)]]
        self.smc("RMI_REC_ENTER", rec, run_page)

    # --- the kernel ---------------------------------------------------------------------------

    def _kernel(self, guest: Guest, roots: int, run_page: int) -> None:
        run, state = self.run, self.state
        kvm: dict[str, int] = {
            "arch.is_realm": 1,
            "arch.realm.ia_bits": IPA_BITS,
            "arch.mmu.vtcr": 64 - IPA_BITS,
            "arch.mmu.pgd_phys": roots,
            "arch.arm_pmu": 0,
            "created_vcpus": 1,
            "arch.realm.num_aux": self.aux,
        }
        if guest.rd:
            kvm["arch.realm.rd"] = self._virtual(guest.rd)
            kvm["arch.realm.params"] = 0
        else:
            kvm["arch.realm.rd"] = 0
            kvm["arch.realm.params"] = self._virtual(self.page("struct realm.params", zero=True))
        vcpu: dict[str, int] = {
            "kvm": guest.kvm,
            "vcpu_id": 0,
            "arch.rec.mpidr": 0,
            "arch.rec.rec_page": self._virtual(guest.rec) if guest.rec else 0,
            "arch.rec.run": self._virtual(run_page) if run_page else 0,
            "arch.mmu_page_cache.nobjs": 40,
            "arch.ctxt.regs.pc": 0x1000,
            **{f"arch.ctxt.regs.regs[{number}]": 0 for number in range(31)},
        }
        with outside(run) as frame:
            self._fill(frame, "kvm", "struct kvm *", guest.kvm, kvm)
            self._fill(frame, "vcpu", "struct kvm_vcpu *", guest.vcpu, vcpu)
            name = f"REALM_STATE_{guest.state.upper()}"
            for text in (
                f"kvm->arch.realm.state = {name}",
                "vcpu->arch.hw_mmu = &kvm->arch.mmu",
                "kvm->arch.mmu.arch = &kvm->arch",
            ):
                with suppress(Stop):
                    run.evaluate_text(text)
        if guest.rd:  # a realm was made, so the host knows that it can
            state.keys["kvm_rmi_is_available"] = True
        state.online = [guest.vcpu] if guest.state != NONE or guest.vcpu else []

    def _fill(
        self, frame: Frame, name: str, ctype: str, address: int, fields: dict[str, int]
    ) -> None:
        """Gives fields their values, as far as the series or the kernel has them."""
        run = self.run
        var = run.allocate(run.types.of_text(ctype), name, kind="static")
        run.store(var.address, var.ctype, Value(var.ctype, address))
        frame.scopes[-1].names[name] = Var(var.address, var.ctype, None)
        for field, value in fields.items():
            with suppress(Stop):
                snippet = run.parse(f"{name}->{field};")
                assert snippet.value is not None
                with frame.within(run.in_snippet(snippet, 0)):
                    to, of = run.lvalue(snippet.value)
                run.store(to, of, integer(value, of))

    def _virtual(self, pa: int) -> int:
        from linter.witness.memory import LINEAR

        return LINEAR + pa


def guest_of(run: Run, reached: frozenset[str], *, vcpu: bool) -> Guest:
    """A guest in the state that fits the commands which a function may issue.

    `vcpu`: the function is about one, which has a REC then.
    """
    builder = Builder(run)
    if "RMI_REALM_CREATE" in reached:
        return builder.build(NONE, rec=False, contents=False, change=False)
    if "RMI_REC_CREATE" in reached or (reached & _BEFORE and not vcpu):
        return builder.build(NEW, rec=False, contents=False, change=False)
    contents = bool(reached & _UNMAPS) and not reached & (_MAPS | {"RMI_REALM_DESTROY"})
    change = vcpu and "RMI_RTT_SET_RIPAS" in reached
    return builder.build(ACTIVE, rec=True, contents=contents or change, change=change)


# Commands for a realm that does not run yet; those that map and unmap.
_BEFORE: Final = frozenset(
    ["RMI_RTT_INIT_RIPAS", "RMI_RTT_DATA_MAP_INIT", "RMI_DATA_CREATE", "RMI_REALM_ACTIVATE"]
)
PROTECTS: Final = frozenset(
    ["RMI_RTT_DATA_MAP", "RMI_DATA_CREATE_UNKNOWN", "RMI_RTT_DATA_MAP_INIT", "RMI_DATA_CREATE"]
)
SHARES: Final = frozenset(["RMI_RTT_UNPROT_MAP", "RMI_RTT_MAP_UNPROTECTED"])
_MAPS: Final = PROTECTS | SHARES
_UNMAPS: Final = frozenset(
    [
        "RMI_RTT_DATA_UNMAP",
        "RMI_DATA_DESTROY",
        "RMI_RTT_DESTROY",
        "RMI_RTT_UNPROT_UNMAP",
        "RMI_RTT_UNMAP_UNPROTECTED",
    ]
)

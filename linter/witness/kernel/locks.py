"""Locks, waiting, CPUs: events that an oracle counts; nothing else runs beside the function.

A lock is known by its address, and to people by the text that names it.  Taking one that is
held already would wait for ever: a Fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import BOOL, INT, U64, ULONG
from linter.witness.kernel.state import Lock, state_of
from linter.witness.kernel.table import NOTHING, need, raw, word
from linter.witness.outcome import Fault
from linter.witness.value import Unknown, Value, integer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown

# Kinds of locks; of those in _SHARED one CPU may hold several at once.
_TAKE: Final = {
    **dict.fromkeys(("mutex_lock", "mutex_lock_interruptible", "mutex_lock_killable"), "mutex"),
    **dict.fromkeys(("mutex_lock_nested", "mutex_trylock"), "mutex"),
    **dict.fromkeys(("spin_lock", "spin_lock_irq", "spin_lock_bh", "spin_trylock"), "spinlock"),
    **dict.fromkeys(("raw_spin_lock", "raw_spin_lock_irq", "spin_lock_nested"), "spinlock"),
    **dict.fromkeys(("write_lock", "write_lock_irq", "write_trylock"), "write"),
    **dict.fromkeys(("read_lock", "read_lock_irq", "read_trylock"), "read"),
    **dict.fromkeys(("down_write", "down_write_killable", "mmap_write_lock"), "write"),
    **dict.fromkeys(("down_read", "down_read_killable", "mmap_read_lock"), "read"),
    **dict.fromkeys(("kvm_lock_all_vcpus", "kvm_trylock_all_vcpus"), "vcpus"),
    "srcu_read_lock": "srcu",
    "rcu_read_lock": "rcu",
    "preempt_disable": "preempt",
    "local_irq_disable": "irq",
    "guest_state_enter_irqoff": "guest",
    "cpus_read_lock": "cpus",
}
_GIVE: Final = {
    "mutex_unlock": "mutex",
    **dict.fromkeys(("spin_unlock", "spin_unlock_irq", "spin_unlock_bh"), "spinlock"),
    **dict.fromkeys(("raw_spin_unlock", "raw_spin_unlock_irq"), "spinlock"),
    **dict.fromkeys(("write_unlock", "write_unlock_irq", "up_write", "mmap_write_unlock"), "write"),
    **dict.fromkeys(("read_unlock", "read_unlock_irq", "up_read", "mmap_read_unlock"), "read"),
    "kvm_unlock_all_vcpus": "vcpus",
    "srcu_read_unlock": "srcu",
    "rcu_read_unlock": "rcu",
    "preempt_enable": "preempt",
    "local_irq_enable": "irq",
    "guest_state_exit_irqoff": "guest",
    "cpus_read_unlock": "cpus",
}
_SHARED: Final = frozenset({"read", "srcu", "rcu", "preempt", "irq", "guest", "cpus"})
# What a call that takes a lock answers; the others answer nothing.
_ANSWERS: Final = {
    "mutex_lock_interruptible": 0,
    "mutex_lock_killable": 0,
    "mutex_trylock": 1,
    "spin_trylock": 1,
    "write_trylock": 1,
    "read_trylock": 1,
    "down_write_killable": 0,
    "down_read_killable": 0,
    "kvm_lock_all_vcpus": 0,
    "kvm_trylock_all_vcpus": 0,
    "srcu_read_lock": 0,
}
_GUARDS: Final = {
    "mutex": "mutex",
    **dict.fromkeys(("spinlock", "raw_spinlock", "spinlock_irq", "spinlock_irqsave"), "spinlock"),
    **dict.fromkeys(("write_lock", "write_lock_irq", "rwsem_write"), "write"),
    **dict.fromkeys(("read_lock", "read_lock_irq", "rwsem_read", "mmap_read_lock"), "read"),
    **dict.fromkeys(("raw_spinlock_irqsave", "raw_spinlock_irq"), "spinlock"),
    "srcu": "srcu",
    "rcu": "rcu",
    "preempt": "preempt",
    **dict.fromkeys(("irq", "irqsave"), "irq"),
    "cpus_read_lock": "cpus",
}


def take(run: Run, kind: str, text: str) -> None:
    """A lock is taken."""
    held = state_of(run).locks
    before = next((k for k in held if (k.kind, k.text) == (kind, text)), None)
    if before is not None and kind not in _SHARED:
        raise Fault(f"{text} is taken while it is held since {before.path}:{before.line}")
    place = run.place
    held.append(Lock(kind, text, place.path, place.line))
    run.event("lock", text, lock=kind, held=len(held))


def give(run: Run, kind: str, text: str) -> None:
    """A lock is given back; one that was taken before the run began is so silently."""
    held = state_of(run).locks
    for at in range(len(held) - 1, -1, -1):
        if (held[at].kind, held[at].text) == (kind, text):
            del held[at]
            break
    run.event("unlock", text, lock=kind, held=len(held))


def _text(run: Run, args: list[Some]) -> str:
    """What names the lock: the object that it lies in."""
    if not args:
        return ""
    value = run.settle(args[0])
    if isinstance(value, Unknown):
        return value.label
    made = run.memory.at(value.bits)
    if made is None:
        return f"{value.bits:#x}"
    offset = value.bits - made.base
    offset -= made.size // 2 if made.kind == "lazy" else 0
    return f"{made.label}+{offset:#x}" if offset else made.label


@word(*_TAKE)
def lock(run: Run, args: list[Some], site: CallSite) -> Some:
    take(run, _TAKE[site.name], _text(run, args))
    answer = _ANSWERS.get(site.name)
    return NOTHING if answer is None else integer(answer)


@word(*_GIVE)
def unlock(run: Run, args: list[Some], site: CallSite) -> Some:
    give(run, _GIVE[site.name], _text(run, args))
    return NOTHING


@raw("spin_lock_irqsave", "raw_spin_lock_irqsave", "write_lock_irqsave", "read_lock_irqsave",
     "spin_unlock_irqrestore", "raw_spin_unlock_irqrestore", "write_unlock_irqrestore",
     "read_unlock_irqrestore", "local_irq_save", "local_irq_restore")  # fmt: skip
def saving(run: Run, args: list[Some], site: CallSite) -> Some:
    """Those that keep the flags in a variable."""
    name = site.name
    words = name.removeprefix("raw_").split("_")
    kind = {"spin": "spinlock", "local": "irq"}.get(words[0], words[0])
    text = "" if kind == "irq" else _text(run, [run.evaluate(site.raw[0])])
    if name.endswith("save"):
        address, ctype = run.lvalue(site.raw[-1])
        run.store(address, ctype, integer(0, ctype))
        take(run, kind, text)
    else:
        give(run, kind, text)
    return NOTHING


def guard(run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
    """`guard(kind)(lock)`: takes it; gives what gives it back.  None for an unknown kind."""
    known = _GUARDS.get(kind)
    if known is None:
        return None
    text = _text(run, [run.evaluate(node) for node in args[:1]])
    take(run, known, text)
    return lambda: give(run, known, text)


@raw("lockdep_assert_held", "lockdep_assert_held_write", "lockdep_assert_held_read",
     "lockdep_assert_not_held", "lockdep_assert_cpus_held", "lockdep_assert_held_once",
     "might_sleep", "might_fault", "lockdep_assert", "instrumentation_begin",
     "instrumentation_end", "barrier", "smp_mb", "smp_rmb", "smp_wmb", "smp_mb__before_atomic",
     "smp_mb__after_atomic", "dsb", "isb", "kvm_arm_halt_guest", "kvm_arm_resume_guest",
     "guest_timing_enter_irqoff", "guest_timing_exit_irqoff", "spin_lock_init", "mutex_init",
     "rwlock_init", "init_rwsem", "synchronize_rcu", "synchronize_srcu",
     "mutex_destroy")  # fmt: skip
def nothing(run: Run, args: list[Some], site: CallSite) -> Some:
    """What asserts, orders or prepares, and changes nothing that a run can see."""
    run.event("note", site.name)
    return NOTHING


@word("cond_resched", "cond_resched_lock", "cond_resched_rwlock_write", "cond_resched_rwlock_read",
      "cond_resched_rcu", "_cond_resched")  # fmt: skip
def resched(run: Run, args: list[Some], site: CallSite) -> Some:
    """May give the CPU away, and the lock with it; whether it did is not known."""
    run.event("relax", site.name)
    return run.unknown(INT, f"{site.name}()")


@word("cpu_relax", "schedule", "yield", "msleep", "usleep_range", "udelay", "ndelay", "mdelay",
      "fsleep", "cpu_do_idle", "wfe", "schedule_timeout", "touch_softlockup_watchdog")  # fmt: skip
def relax(run: Run, args: list[Some], site: CallSite) -> Some:
    run.event("relax", site.name)
    return NOTHING


@word("need_resched", "signal_pending", "fatal_signal_pending", "rwlock_needbreak",
      "spin_needbreak", "kvm_check_request", "kvm_request_pending")  # fmt: skip
def outside(run: Run, args: list[Some], site: CallSite) -> Some:
    """What others decide."""
    return run.unknown(BOOL, f"{site.name}()")


@word("ktime_get", "ktime_get_ns", "local_clock", "sched_clock", "get_cycles", "get_jiffies_64")
def clock(run: Run, args: list[Some], site: CallSite) -> Some:
    return run.unknown(U64, f"{site.name}()")


@word("smp_processor_id", "raw_smp_processor_id", "get_cpu")
def cpu(run: Run, args: list[Some], site: CallSite) -> Some:
    return integer(0)


@word("num_online_cpus", "num_possible_cpus", "num_present_cpus")
def cpus(run: Run, args: list[Some], site: CallSite) -> Some:
    return integer(state_of(run).machine.cpus)


@word("in_task", "preemptible")
def can_sleep(run: Run, args: list[Some], site: CallSite) -> Some:
    held = {k.kind for k in state_of(run).locks}
    return integer(held.isdisjoint({"spinlock", "write", "read", "preempt", "irq"}), BOOL)


# --- static branches -------------------------------------------------------------------------


@raw("static_branch_enable", "static_branch_disable", "static_key_enable", "static_key_disable")
def set_branch(run: Run, args: list[Some], site: CallSite) -> Some:
    name = site.texts[0].lstrip("& ")
    state_of(run).keys[name] = site.name.endswith("enable")
    run.event("static-branch", name, on=site.name.endswith("enable"))
    return NOTHING


@raw("static_branch_unlikely", "static_branch_likely", "static_key_enabled")
def branch(run: Run, args: list[Some], site: CallSite) -> Some:
    name = site.texts[0].lstrip("& ")
    known = state_of(run).keys.get(name)
    # the same label each time: it does not change while the function runs
    return Unknown(BOOL, f"static key {name}") if known is None else integer(known, BOOL)


# --- atomics ---------------------------------------------------------------------------------

_ATOMIC: Final = {"atomic": INT, "atomic64": U64, "atomic_long": ULONG, "refcount": INT}


@word(*(f"{kind}_{what}" for kind in _ATOMIC for what in ("read", "set", "inc", "dec")),
      *(f"{kind}_{what}" for kind in _ATOMIC for what in ("inc_return", "dec_return")),
      *(f"{kind}_{what}" for kind in _ATOMIC for what in ("dec_and_test",)),
      *(f"{kind}_{what}" for kind in _ATOMIC for what in ("add", "sub")))  # fmt: skip
def atomic(run: Run, args: list[Some], site: CallSite) -> Some:
    """Of an atomic_t the counter is all there is, at its beginning."""
    kind = next(k for k in sorted(_ATOMIC, key=len, reverse=True) if site.name.startswith(k))
    what = site.name.removeprefix(f"{kind}_")
    need(args, 2 if what in ("set", "add", "sub") else 1, site)
    ctype = _ATOMIC[kind]
    pointer = args[1] if what in ("add", "sub") else args[0]
    address = run.follow(pointer)
    if what == "read":
        return run.load(address, ctype, site.texts[0])
    if what == "set":
        run.store(address, ctype, args[1])
        return NOTHING
    amount = 1
    if what in ("add", "sub"):
        amount = run.number(args[0], "what is added")
    old = run.number(run.load(address, ctype, site.texts[0]), site.texts[0])
    new = integer(old - amount if what.startswith(("dec", "sub")) else old + amount, ctype)
    run.store(address, ctype, new)
    if what == "dec_and_test":
        return integer(new.bits == 0, BOOL)
    return new if what.endswith("return") else NOTHING

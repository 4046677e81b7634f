"""Where a function may not sleep, and which calls sleep or give the CPU away.

Only locks that forbid sleeping count: spin and rw locks, RCU, interrupts or
preemption off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from linter.lazy import regex
from linter.source.explore import ANY, NONZERO, Value
from linter.source.expr import address_of, constant, path_of, squeeze, strip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from linter.source.explore import State
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

IRQ_OFF = "interrupts"  # the lock that local_irq_disable() takes

_TAKES = regex(
    r"^_?(?:raw_)?(?:spin|read|write)_lock(?:_irq|_irqsave|_bh|_nested|_irqsave_nested)?$"
)
_DROPS = regex(r"(?:^|_)unlock(?:_|$)")  # also by a helper with a name of its own
_RESCHED_LOCK = regex(r"^(?:cond_resched_(?:rw)?lock(?:_read|_write)?|rwlock_needbreak)$")
_LOCKDEP = regex(r"^lockdep_assert_held(?:_read|_write)?$")
# `guard(write_lock)(&kvm->mmu_lock)`, and what the dialect makes of scoped_guard()
_KIND = r"((?:raw_)?spinlock\w*|(?:read|write)_lock\w*|rcu|irq|irqsave|preempt)"
_GUARD = regex(rf"^guard\({_KIND}\)\((.*)\);?$|^ed_guard,{_KIND}(,.*)?$")
_OFF = {"local_irq_disable": IRQ_OFF, "local_irq_save": IRQ_OFF, "preempt_disable": "preemption"}
_ON = {"local_irq_enable": IRQ_OFF, "local_irq_restore": IRQ_OFF, "preempt_enable": "preemption"}
_REC_ENTER = regex(r"^(?:smc_)?rmi_rec_(?:enter|run)$|^guest_state_enter_irqoff$")
_SLEEPS = regex(
    r"^(?:mutex_lock(?:_interruptible|_killable|_nested)?|down(?:_read|_write)?(?:_interruptible"
    r"|_killable)?|mmap_(?:read|write)_lock(?:_killable)?|(?:copy_(?:from|to)|clear|get|put)_user"
    r"|might_sleep|[mfs]sleep|msleep_interruptible|usleep_range|schedule(?:_timeout\w*)?"
    r"|cond_resched|synchronize_(?:rcu|srcu|irq)\w*|wait_for_completion\w*|flush_work(?:queue)?"
    r"|cancel_work_sync|v[mz]alloc(?:_array|_node)?|__?kvm_mmu_topup_memory_cache"
    r"|kvm_mmu_topup_memory_cache|(?:__)?kvm_faultin_pfn|kvm_gmem_(?:get_pfn|populate)"
    r"|(?:get|pin)_user_pages(?:_unlocked|_fast|_remote)?)$"
)
_GFP_SLEEPS = regex(r"\bGFP_(?:KERNEL|USER|HIGHUSER|NOIO|NOFS)")
_FLAGS = regex(r"^[A-Z\d_()|&~]*\bGFP_[A-Z\d_()|&~]+$")
_GFP_NOT = regex(r"~\(?__GFP_(?:DIRECT_)?RECLAIM")
_YIELDS = regex(r"resched|^schedule(?:_|$)|sleep|^yield$")
_DEPTH = 7  # of calls that are followed


class Step(NamedTuple):
    """A call on the way to one that sleeps, and the function that makes it."""

    function: Function
    call: Call


def is_yield(name: str) -> bool:
    """Does a call of this name let others run: cond_resched(), cond_resched_lock(), msleep()?"""
    return bool(_YIELDS.search(name)) and name != "need_resched"


def drops(call: Call) -> str:
    """The lock that a call gives back, '' for none."""
    if _DROPS.search(call.name) and call.args:
        return _lock(call.args[0])
    return "RCU" if call.name == "rcu_read_unlock" else _ON.get(call.name, "")


def takes(call: Call) -> str:
    """The lock that a call takes, '' for none."""
    if _TAKES.match(call.name) and call.args:
        return _lock(call.args[0])
    return "RCU" if call.name == "rcu_read_lock" else _OFF.get(call.name, "")


def _lock(node: Node) -> str:
    """`kvm->mmu_lock` of `&kvm->mmu_lock`."""
    return address_of(node) or squeeze(strip(node))


def at_entry(facts: Facts) -> frozenset[str]:
    """The locks that the function's own code says its caller holds."""
    found = set()
    own = {takes(site.call) for site in facts.sites}
    for site in facts.sites:
        lock = _lock(site.call.args[0]) if site.call.args else ""
        if _RESCHED_LOCK.match(site.name) or (
            _LOCKDEP.match(site.name) and lock.endswith("mmu_lock")
        ):
            found.add(lock)
        elif _REC_ENTER.match(site.name):
            found.add(IRQ_OFF)  # a REC is entered with interrupts off, whoever did that
    return frozenset(found - own - {""})


def held(facts: Facts) -> dict[Point, frozenset[str]]:
    """For each point: the locks held there, on whatever way it is reached."""
    marks = {
        site.point: [(takes(s.call), drops(s.call)) for s in facts.sites if s.point is site.point]
        for site in facts.sites
        if takes(site.call) or drops(site.call)
    }
    first = at_entry(facts)
    scoped = _scoped(facts)
    if not marks and not first:
        return scoped
    after: dict[Point, frozenset[str]] = {facts.flow.entry: first}
    before: dict[Point, frozenset[str]] = {}
    todo = [facts.flow.entry]
    while todo:
        point = todo.pop()
        for edge in point.edges:
            target, known = edge.target, before.get(edge.target)
            now = after[point] if known is None else known & after[point]
            if now == known:
                continue
            before[target] = now
            for taken, dropped in marks.get(target, ()):
                now = (now | {taken} if taken else now) - {dropped}
            after[target] = now
            todo.append(target)
    for point, locks in scoped.items():
        before[point] = before.get(point, frozenset()) | locks
    return {point: locks for point, locks in before.items() if locks}


def _scoped(facts: Facts) -> dict[Point, frozenset[str]]:
    """The same for the locks of guard() and scoped_guard(), which go with their block."""
    found: dict[Point, frozenset[str]] = {}
    for point in facts.points:
        match = _GUARD.match(squeeze(point.node)) if point.node is not None else None
        scope = point.node
        if match is None or scope is None or not (match[1] or match[3]):
            continue
        ends = "if_statement" if match[3] else "compound_statement"
        while scope.type != ends and scope.parent is not None:
            scope = scope.parent
        lock = (match[2] or match[4] or "").lstrip(",&") or match[1] or match[3]
        for other in facts.points:
            start = other.node.start_byte if other.node is not None else 0
            if point.node is not None and point.node.end_byte <= start < scope.end_byte:
                found[other] = found.get(other, frozenset()) | {lock}
    return found


# Functions that were looked into already, with what was known of their arguments.
Seen: TypeAlias = "set[tuple[str, tuple[tuple[str, Value], ...]]]"


def sleeper(facts: Facts, site: Site, locks: frozenset[str], seen: Seen) -> list[Step]:
    """The calls that lead from a call to one that may sleep, itself first; [] if none does.

    What is in `seen` is not looked into again: one set serves the calls under the same locks.
    """
    return _sleeper(facts, site.point, site.call, {}, {_last(lock) for lock in locks}, seen, _DEPTH)


def _last(lock: str) -> str:
    return lock.replace("->", ".").rpartition(".")[2]


def _sleeper(
    facts: Facts,
    point: Point,
    call: Call,
    given: Mapping[str, Value],
    locks: set[str],
    seen: Seen,
    depth: int,
) -> list[Step]:
    values = [_value(facts, point, arg, given) for arg in call.args]
    here = Step(facts.function, call)
    if _SLEEPS.match(call.name):
        return [here]
    called = facts.called(call.name) if depth and not call.name.isupper() else None
    if called is None:
        flags = any(_GFP_SLEEPS.search(v.eq) and not _GFP_NOT.search(v.eq) for v in values)
        return [here] if flags else []
    env = {p.name: v for p, v in zip(called.params, values, strict=False) if p.name}
    key = (called.name, tuple(sorted(env.items())))
    if key in seen:
        return []
    seen.add(key)
    inner = called.facts
    walk = inner.explore(inner.flow.entry, env)
    for at, state in walk:
        if _assumes(called, env, state):
            walk.skip()
            continue
        for deeper in inner.effects(at).calls:
            if _last(drops(deeper)) in locks:
                walk.skip()
                break
            now = {name: state.get(name) for name in env}
            steps = _sleeper(inner, at, deeper, now, locks, seen, depth - 1)
            if steps:
                return [here, *steps]
    return []


def _value(facts: Facts, point: Point, node: Node, given: Mapping[str, Value]) -> Value:
    """What is known of an argument; flags keep their text."""
    if _FLAGS.match(source := squeeze(strip(node))):
        return Value(source)
    if known := constant(node):
        return Value(known)
    if address_of(node):
        return NONZERO
    name = path_of(strip(node))
    if name in given:
        return given[name]
    for at in facts.reaching(point, name) if name.isidentifier() else ():
        value = at.definition.value
        if value is not None and _FLAGS.match(source := squeeze(value)):
            return Value(source)
        if value is not None and address_of(value):
            return NONZERO
        break
    return ANY


def _assumes(function: Function, env: Mapping[str, Value], state: State) -> bool:
    """Is a point only reached if the caller gave NULL, or a flag that we do not know it gives?"""
    for name, value in env.items():
        now, param = state.get(name), function.param(name)
        unsure = value == ANY and now != ANY and param is not None
        if unsure and param is not None and (param.type == "bool" or (param.pointer and now.zero)):
            return True
    return False


def regions(function: Function) -> Iterator[tuple[Point, Call, frozenset[str]]]:
    """The calls of a function that are made with a lock held."""
    facts = function.facts
    locked = held(facts)
    for site in facts.sites:
        locks = locked.get(site.point)
        if locks and not takes(site.call) and not drops(site.call):
            yield site.point, site.call, locks

"""What rules about locks share: where one is held, which calls sleep."""

from __future__ import annotations

import pytest

from linter.source.facts import Site
from linter.source.unit import Function, Unit
from linter.source.world import World
from rules.locks import held, is_yield, regions, sleeper


def function(source: str) -> Function:
    """The last function of a file that a world knows."""
    world = World()
    unit = Unit("arch/arm64/kvm/rmi.c", source.encode(), world)
    world.add(unit)
    return unit.functions[-1]


def locked(source: str) -> list[tuple[str, str]]:
    """(call, locks) for each call with a lock held."""
    return [(call.name, " ".join(sorted(locks))) for _, call, locks in regions(function(source))]


def chain(source: str) -> list[str]:
    """The names of the calls that lead to a sleeper, for the first that does."""
    asker = function(source)
    for point, call, locks in regions(asker):
        if steps := sleeper(asker.facts, Site(point, call), locks, set()):
            return [step.call.name for step in steps]
    return []


def test_a_lock_is_held_up_to_its_release() -> None:
    body = "void f(struct kvm *k) { a(); spin_lock(&k->l); b(); spin_unlock(&k->l); c(); }"
    assert locked(body) == [("b", "k->l")]


def test_either_side_of_a_rwlock_is_the_same_lock() -> None:
    body = (
        "void f(struct kvm *k, int w) { if (w) write_lock(&k->l); else read_lock(&k->l); a();"
        " if (w) write_unlock(&k->l); else read_unlock(&k->l); b(); }"
    )
    assert locked(body) == [("a", "k->l")]


def test_a_lock_taken_on_one_way_only_is_not_held() -> None:
    body = "void f(struct kvm *k, int w) { if (w) spin_lock(&k->l); a(); }"
    assert locked(body) == []


def test_a_lock_dropped_in_a_loop_is_held_at_its_head() -> None:
    body = (
        "void f(struct kvm *k) { spin_lock(&k->l); while (a()) { spin_unlock(&k->l); b();"
        " spin_lock(&k->l); c(); } spin_unlock(&k->l); }"
    )
    assert locked(body) == [("a", "k->l"), ("c", "k->l")]


def test_a_guard_holds_to_the_end_of_its_block() -> None:
    body = "void f(struct kvm *k) { a(); if (x) { guard(write_lock)(&k->l); b(); } c(); }"
    assert ("b", "k->l") in locked(body)
    assert not {"a", "c"} & {name for name, _ in locked(body)}
    scoped = "void f(struct kvm *k) { a(); scoped_guard(spinlock, &k->l) { b(); } c(); }"
    assert locked(scoped) == [("b", "k->l")]
    assert locked("void f(struct kvm *k) { guard(mutex)(&k->m); b(); }") == []


@pytest.mark.parametrize(
    ("says", "lock"),
    [
        ("cond_resched_rwlock_write(&k->mmu_lock);", "k->mmu_lock"),
        ("lockdep_assert_held_write(&k->mmu_lock);", "k->mmu_lock"),
        ("rmi_rec_enter(rec, run);", "interrupts"),
    ],
)
def test_what_the_caller_holds(says: str, lock: str) -> None:
    found = held(function(f"void f(struct kvm *k) {{ a(); {says} }}").facts)
    assert {name for names in found.values() for name in names} == {lock}


def test_a_mutex_that_lockdep_knows_is_no_spinning_lock() -> None:
    assert held(function("void f(struct kvm *k) { lockdep_assert_held(&k->lock); }").facts) == {}


def test_interrupts_that_go_off_here_were_on_before() -> None:
    body = "void f(void) { a(); local_irq_disable(); rmi_rec_enter(r, n); local_irq_enable(); }"
    assert locked(body) == [("rmi_rec_enter", "interrupts")]


HELPER = "void *get(void *c) { if (c) return take(c); return alloc(GFP_KERNEL_ACCOUNT); }\n"


def test_constants_are_followed_into_helpers() -> None:
    body = "void f(struct kvm *k) {{ spin_lock(&k->l); get({}); spin_unlock(&k->l); }}"
    assert chain(HELPER + body.format("NULL")) == ["get", "alloc"]
    assert chain(HELPER + body.format("&k->cache")) == []


def test_an_argument_nobody_knows_is_no_null() -> None:
    body = "void f(struct kvm *k, void *c) { spin_lock(&k->l); get(c); spin_unlock(&k->l); }"
    assert chain(HELPER + body) == []


@pytest.mark.parametrize(
    ("flags", "sleeps"),
    [
        ("GFP_KERNEL", True),
        ("GFP_KERNEL | __GFP_ZERO", True),
        ("GFP_ATOMIC | __GFP_ACCOUNT", False),
        ("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", False),
        ("GFP_NOWAIT", False),
    ],
)
def test_flags_are_followed_by_parameter_and_by_variable(flags: str, sleeps: bool) -> None:
    helper = "void *get(gfp_t gfp) { return alloc_page(gfp); }\n"
    direct = f"void f(struct kvm *k) {{ spin_lock(&k->l); get({flags}); spin_unlock(&k->l); }}"
    kept = (
        f"void f(struct kvm *k) {{ gfp_t g = {flags}; spin_lock(&k->l); get(g);"
        " spin_unlock(&k->l); }"
    )
    assert bool(chain(helper + direct)) == sleeps
    assert bool(chain(helper + kept)) == sleeps


def test_a_helper_that_drops_the_lock_first_may_sleep() -> None:
    helper = "void g(struct kvm *k) { spin_unlock(&k->l); mutex_lock(&m); spin_lock(&k->l); }\n"
    body = "void f(struct kvm *k) { spin_lock(&k->l); g(k); spin_unlock(&k->l); }"
    assert chain(helper + body) == []


def test_helpers_that_call_each_other_come_to_an_end() -> None:
    helper = "void b(int n);\nvoid a(int n) { b(n); }\nvoid b(int n) { a(n); }\n"
    body = "void f(struct kvm *k) { spin_lock(&k->l); a(1); spin_unlock(&k->l); }"
    assert chain(helper + body) == []


def test_who_asks_whether_to_give_way_does_not() -> None:
    assert is_yield("cond_resched_rwlock_write")
    assert is_yield("msleep")
    assert not is_yield("need_resched")

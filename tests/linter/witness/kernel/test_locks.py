"""Locks and waiting are events; a lock taken twice is a deadlock."""

from __future__ import annotations

import pytest

from linter.witness.value import Unknown
from tests.linter.witness.kernel.bench import Bench

STRUCT = "struct s { spinlock_t lock; struct mutex big; atomic_t n; atomic64_t m; };\n"


def of(statements: str) -> str:
    return f"{STRUCT}long f(struct s *s, struct s *t)\n{{\n{statements}\n}}\n"


def pairs(bench: Bench) -> list[tuple[str, object, object]]:
    return [(e.kind, e.values["lock"], e.values["held"]) for e in bench.events("lock", "unlock")]


def test_taking_and_giving_back() -> None:
    bench = Bench(
        of("""
        unsigned long flags;
        mutex_lock(&s->big);
        spin_lock_irqsave(&s->lock, flags);
        spin_unlock_irqrestore(&s->lock, flags);
        mutex_unlock(&s->big);
        return flags;""")
    )
    assert bench.number() == 0
    assert pairs(bench) == [
        ("lock", "mutex", 1),
        ("lock", "spinlock", 2),
        ("unlock", "spinlock", 1),
        ("unlock", "mutex", 0),
    ]
    taken, *_, given = bench.events("lock", "unlock")
    assert (taken.line, given.line) == (6, 9)
    assert taken.text == given.text
    assert bench.state.locks == []


def test_what_is_held_at_the_end_says_where_it_was_taken() -> None:
    bench = Bench(of("spin_lock(&s->lock);\nreturn 0;"))
    bench.number()
    (held,) = bench.state.locks
    assert (held.kind, held.path, held.line) == ("spinlock", "a.c", 4)


def test_a_lock_is_not_taken_twice() -> None:
    reason = Bench(of("spin_lock(&s->lock);\nspin_lock(&s->lock);\nreturn 0;")).reason("fault")
    assert "is taken while it is held since a.c:4" in reason


def test_other_locks_and_readers_do_not_wait() -> None:
    source = of("""
        spin_lock(&s->lock);
        spin_lock(&t->lock);
        mutex_lock(&s->big);
        rcu_read_lock();
        rcu_read_lock();
        return srcu_read_lock(&s->big) + srcu_read_lock(&s->big);""")
    bench = Bench(source)
    assert bench.number() == 0
    assert len(bench.state.locks) == 7


def test_guards_give_back_at_the_end_of_their_scope() -> None:
    bench = Bench(
        of("""
        guard(mutex)(&s->big);
        {
                guard(spinlock)(&s->lock);
        }
        scoped_guard(spinlock, &t->lock) {
                cond_resched();
        }
        return 0;""")
    )
    assert bench.number() == 0
    kinds = [(e.kind, e.values.get("lock")) for e in bench.events("lock", "unlock", "relax")]
    assert kinds == [
        ("lock", "mutex"),
        ("lock", "spinlock"),
        ("unlock", "spinlock"),
        ("lock", "spinlock"),
        ("relax", None),
        ("unlock", "spinlock"),
        ("unlock", "mutex"),
    ]


def test_a_guard_of_an_unknown_kind_stops() -> None:
    assert "tulip" in Bench(of("guard(tulip)(&s->big);\nreturn 0;")).reason("stopped")


def test_waiting_is_counted_and_what_others_decide_is_not_known() -> None:
    bench = Bench(of("cpu_relax();\ncond_resched();\nmsleep(5);\nreturn need_resched();"))
    assert isinstance(bench.value(), Unknown)
    assert bench.texts("relax") == ["cpu_relax", "cond_resched", "msleep"]


def test_static_branches_stay_as_they_are_set() -> None:
    source = of("""
        int before = static_branch_unlikely(&key);
        static_branch_enable(&key);
        return before * 10 + static_branch_unlikely(&key);""")
    bench = Bench(source)
    bench.state.keys["key"] = False
    assert bench.number() == 1
    assert bench.state.keys["key"] is True
    unknown = of(
        "return (static_branch_likely(&key) ? 1 : 2) + (static_branch_likely(&key) ? 10 : 20);"
    )
    assert Bench(unknown, decisions=[True]).number() == 11
    assert Bench(unknown, decisions=[False]).number() == 22


def test_atomics() -> None:
    source = of("""
        atomic_set(&s->n, 5);
        atomic_inc(&s->n);
        atomic_sub(2, &s->n);
        atomic_add(10, &s->n);
        return atomic_dec_return(&s->n) * 10 + atomic_dec_and_test(&s->n);""")
    assert Bench(source).number() == 130


@pytest.mark.parametrize(
    ("lock", "sleeps"), [("mutex_lock(&s->big)", 1), ("spin_lock(&s->lock)", 0)]
)
def test_who_holds_a_spinlock_cannot_sleep(lock: str, sleeps: int) -> None:
    assert Bench(of(f"{lock};\nreturn preemptible();")).number() == sleeps

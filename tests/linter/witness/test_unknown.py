"""What nobody gave: forks, assumptions, objects made on demand, and where a run stops."""

from __future__ import annotations

import time

import pytest

from linter.source.unit import Unit
from linter.source.world import World
from linter.witness.assume import prefixes
from linter.witness.ctype import INT, LONG, ULLONG, VOID, Pointer
from linter.witness.outcome import Outcome
from linter.witness.run import Run
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Bare, Budget, CallSite, Entry


class Words(Bare):
    """`ask()` gives what nobody knows; `seen(x)` keeps its argument."""

    def __init__(self) -> None:
        self.seen: list[Value | Unknown] = []

    def constant(self, name: str) -> int | Value | None:
        return {"ENOMEM": 12, "CONFIG_ON": 1, "CONFIG_OFF": 0}.get(name)

    def entry(self, name: str) -> Entry | None:
        return {"ask": self._ask, "seen": self._seen}.get(name)

    def _ask(self, run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
        return run.unknown(LONG, "ask()")

    def _seen(self, run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
        self.seen.append(args[0])
        run.event("seen", site.texts[0], value=args[0])
        return Value(VOID, 0)


def world_of(*sources: str) -> World:
    world = World()
    for n, source in enumerate(sources):
        world.add(Unit(f"{n}.c", source.encode(), world))
    return world


def once(source: str, *args: int, budget: Budget | None = None) -> Outcome:
    run = Run(world_of(source), Words(), budget)
    return run.start("f", [integer(a, LONG) for a in args])


def every(source: str) -> list[tuple[int | None, list[str]]]:
    """What `f` returns on every way, and what each takes for granted."""
    world, todo, found = world_of(source), [list[bool]()], []
    while todo:
        given = todo.pop()
        run = Run(world, Words(), None, given)
        outcome = run.start("f")
        assert outcome.kind == "returned", outcome
        known = outcome.value.number if isinstance(outcome.value, Value) else None
        found.append((known, [a.text for a in run.assume.log]))
        todo += prefixes(run.assume.taken, len(given))
        assert len(found) < 50
    return found


# -- forks -------------------------------------------------------------------


def test_a_branch_on_an_unknown_value_has_two_sides() -> None:
    found = every("int f(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 2;\n}\n")
    assert found == [(1, ["a != 0"]), (2, ["a == 0"])]


def test_what_was_assumed_holds_on() -> None:
    source = """
    int f(int a, struct s *p)
    {
        if (a > 3 && a < 5)
            return a * 10 + !!(a == 4) + (a <= 2);
        if (!a)
            return a ? 100 : 200;
        if (p->kind == 7)
            return p->kind;
        return p->kind == 7 ? 300 : 400;
    }
    """
    answers = {answer for answer, _ in every(source)}
    assert answers == {41, 200, 7, 400}  # never 100 or 300


def test_a_switch_on_an_unknown_value_takes_every_case() -> None:
    source = """
    int f(unsigned int a)
    {
        switch (a) {
        case 1: return a;
        case 4 ... 6: return 5;
        default: return 9;
        }
    }
    """
    found = every(source)
    assert {answer for answer, _ in found} == {1, 5, 9}
    assert (1, ["a == 1"]) in found


def test_a_comparison_of_two_unknown_values_is_decided_once() -> None:
    source = "int f(long a, long b) { return (a < b ? 2 : 0) + (a < b ? 1 : 0); }"
    assert {answer for answer, _ in every(source)} == {0, 3}


def test_bool_and_narrow_values() -> None:
    source = """
    int f(long a)
    {
        bool b = a;
        if (a)
            return b;
        return b + 2;
    }
    """
    assert {answer for answer, _ in every(source)} == {1, 2}


def test_an_uninitialised_local_is_named() -> None:
    run = Run(world_of("int f(int a) { int x; if (a) x = 1; return x ? 1 : 2; }"), Words())
    assert run.start("f", [integer(0)]).kind == "returned"
    assert [a.text for a in run.assume.log] == ["uninitialised local `x` != 0"]
    assert (run.assume.log[0].path, run.assume.log[0].line) == ("0.c", 1)


def test_too_many_forks_end_a_run() -> None:
    outcome = once("int f(void) { while (ask()) ; return 0; }", budget=Budget(forks=9))
    assert (outcome.kind, outcome.reason) == ("endless", "more than 9 branches on unknown values")


# -- objects on demand -------------------------------------------------------


def test_an_unknown_pointer_leads_to_an_object() -> None:
    source = """
    struct known { long a; int b[4]; };
    long f(struct kvm *kvm, struct known *k)
    {
        struct known copy;

        kvm->arch.realm.state = 3;
        kvm->arch.other = kvm;
        kvm->vcpu->count = 4;
        k->b[2] = 5;
        copy = *k;
        copy.b[2]++;
        return kvm->arch.realm.state + kvm->vcpu->count * 10 + k->b[2] * 100 +
               (kvm->arch.other == kvm) * 1000 + copy.b[2] * 10000;
    }
    """
    run = Run(world_of(source), Words())
    assert run.start("f").value == integer(61543, LONG)
    texts = [a.text for a in run.assume.log]
    assert texts == [
        "kvm points to an object",
        "kvm->vcpu points to an object",
        "k points to an object",
    ]
    assert not any(a.open for a in run.assume.log)


def test_a_copy_of_what_is_unknown_is_the_same() -> None:
    source = """
    struct s { int a; union { int b; char c[4]; }; };
    int f(struct s *p)
    {
        struct s copy = *p;

        if (p->a == 4)
            return copy.a;
        return (copy.a == 4) * 100 + (copy.b == p->b) - (copy.b - p->b);
    }
    """
    assert {answer for answer, _ in every(source)} == {4, 1}


def test_container_of_by_hand() -> None:
    source = """
    struct inner { int x; };
    struct outer { long first; struct inner in; };
    long f(struct inner *p)
    {
        struct outer *o = (struct outer *)((char *)p - offsetof(struct outer, in));

        o->first = 7;
        o->in.x = 8;
        return o->first * 10 + p->x;
    }
    """
    assert once(source).value is not None
    assert Run(world_of(source), Words()).start("f").value == integer(78, LONG)


def test_an_unknown_index_can_be_read_but_not_written() -> None:
    read = "int f(int i) { int a[4] = { }; seen(a[i]); return 1; }"
    kernel = Words()
    run = Run(world_of(read), kernel)
    assert run.start("f").value == integer(1)
    assert isinstance(kernel.seen[0], Unknown)
    outcome = Run(world_of(read.replace("seen(a[i])", "a[i] = 1")), Words()).start("f")
    assert (outcome.kind, outcome.reason) == ("stopped", "`a[i]`: the index is not known: i")


def test_arguments_that_are_given_and_not() -> None:
    run = Run(world_of("u64 f(u64 *out, u64 n) { *out = n; return n; }"), Words())
    place = run.memory.static(8, "out")
    assert run.start("f", [Value(Pointer(ULLONG), place.base), integer(7, ULLONG)]).value
    assert run.load(place.base, ULLONG) == integer(7, ULLONG)
    second = run.start("f", [Value(Pointer(ULLONG), place.base), None]).value
    assert isinstance(second, Unknown)
    assert second.label == "n"


# -- ends --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return nobody(1);", "nobody() is not known"),
        ("return NOTHING;", "`NOTHING` is not known"),
        ("struct absent s; return sizeof(s);", "the size of struct absent is not known"),
        ("struct absent *p = ask(); p++; return 1;", "the size of struct absent is not known"),
        ("if (a) goto nowhere; return 0;", "goto nowhere leads nowhere"),
        ('asm volatile("nop"); return 0;', "gnu_asm_expression is not supported"),
        ("return 0x1ffffffffffffffff;", "has more than 64 bits"),
        ("a = 1.5; return a;", "the number 1.5 is not known"),
        ("return f(1, 2, 3);", "f() takes 1 arguments, not 3"),
        ("unknown x = 1; return x;", "the type `unknown` is not known"),
        ("guard(mutex)(&a); return 0;", "guard(mutex) is not known"),
        ("for_each_thing(a) { } return 0;", "for_each_thing() is not known"),
        ("long x __free(kfree) = 0; return x;", "__free(kfree) of `x` is not known"),
        ("struct s { int b : 2; } x = { }; x.b = 1; return 0;", "struct s.b is a bit-field"),
        ("#ifdef CONFIG_MAYBE\nreturn 1;\n#endif\nreturn 0;", "whether CONFIG_MAYBE is set"),
    ],
)
def test_what_is_not_known_stops(body: str, reason: str) -> None:
    outcome = once(f"long f(long a)\n{{\n\t{body}\n}}\n", 1)
    assert outcome.kind == "stopped", outcome
    assert reason in outcome.reason, outcome
    assert outcome.path == "0.c"
    assert outcome.line >= 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("long *p = 0; return *p;", "a NULL pointer is followed"),
        ("struct absent *p = NULL; return p->x;", "a NULL pointer is followed: `p->x`"),
        ("long x[2]; x[a] = 1; return 0;", "x has 16 bytes, and 8 at offset 16 are written"),
        ("long *p; { long x = 1; p = &x; } return *p;", "x is read after it was freed"),
        ("return 5 / (a - 2);", "a division by zero"),
        ("return 1 << (a + 30);", "a shift by 32"),
        ("long (*p)(void) = (void *)a; return p();", "where no function is"),
        ("return *(int *)-ENOMEM;", "an error pointer is followed: -12"),
    ],
)
def test_what_a_kernel_would_not_survive(body: str, reason: str) -> None:
    outcome = once(f"long f(long a)\n{{\n{body}\n}}\n", 2)
    assert (outcome.kind, outcome.line) == ("fault", 3), outcome
    assert reason in outcome.reason


def test_where_it_ended_and_through_which_calls() -> None:
    source = """static int inner(int *p)
{
	return *p;
}

#define THROUGH(p) inner(p)
static int middle(void)
{
	int x = 1;

	return x + THROUGH((int *)8);
}
int f(void) { return middle(); }
"""
    outcome = once(source)
    assert (outcome.kind, outcome.path, outcome.line) == ("fault", "0.c", 3)
    assert outcome.trail == ("f", "middle", "inner")


def test_endless_shows_the_state_that_repeats() -> None:
    source = """
    int f(void)
    {
        unsigned long addr = 0x1000, end = 0x2000;
        int ret;

        while (addr < end) {
            ret = 3;
            if (ret)
                continue;
            addr += 0x1000;
        }
        return 0;
    }
    """
    outcome = once(source, budget=Budget(steps=500))
    assert outcome.kind == "endless"
    assert outcome.reason == "still running after 500 statements"
    assert outcome.line in (7, 8, 9, 10)
    assert outcome.state == ("addr = 0x1000, end = 0x2000, ret = 3",) * 4


def test_smcs_are_counted() -> None:
    class Firmware(Words):
        def entry(self, name: str) -> Entry | None:
            return self._smc if name == "smc" else None

        def _smc(self, run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
            run.smc()
            run.event("smc", "SMC", a=args[0])
            return integer(0)

    world = world_of("int f(void)\n{\n\twhile (smc(5) == 0)\n\t\t;\n\treturn 0;\n}\n")
    run = Run(world, Firmware(), Budget(smcs=20))
    outcome = run.start("f")
    assert (outcome.kind, outcome.reason) == ("endless", "still running after 20 SMCs")
    assert [e.kind for e in run.trace] == ["smc"] * 20
    assert (run.trace[0].line, run.trace[0].values) == (3, {"a": integer(5, INT)})
    assert run.executed["0.c", 4] == 20


# -- hostile -----------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "int f(void) { for (;;) ; }",
        "int f(void) { return f() + 1; }",
        "int f(void) { a: goto a; }",
        "int f(void) { do {} while (1); }",
        "int f(void) { return ({ while (1); 1; }); }",
        "int f(void) { char x[0xffffffff]; for (int i = 0; ; i++) x[i * 4096] = 1; }",
        "int f(void) { char x[1ULL << 40] = { 1 }; return 0; }",
        "int f(void) { int x[][1 << 20] = { [1 << 19] = { 1 } }; while (1); }",
        "int f(void) { return 1 << (1ULL << 60); }",
        "int f(void) { return " + "(" * 3000 + "1" + ")" * 3000 + "; }",
        "int f(void) { return " + "-~" * 3000 + "1; }",
        "int f(void) { return " + "1+" * 5000 + "1; }",
        "int f(void) " + "{" * 3000 + "}" * 3000,
        "int f(void) { return " + "9" * 5000 + "; }",
        "#define A(x) B(x)\n#define B(x) A(x)\nint f(void) { return A(1); }",
        "#define A B\n#define B A\nint f(void) { return A; }",
        "#define A A + A\nint f(void) { return A; }",
        "#define A(x) (x) + (x)\nint f(void) { return " + "A(" * 40 + "1" + ")" * 40 + "; }",
        "enum { A = B, B = A }; int f(void) { return A; }",
        "enum { A = sizeof(int[A]) }; int f(void) { return A; }",
        "typedef a b; typedef b a; int f(void) { a x; return 0; }",
        "typedef typeof(x) t; t x; int f(void) { return sizeof(x); }",
        "struct s { struct s inner; }; int f(void) { struct s x; return sizeof(x); }",
        "int a = b; int b = a; int f(void) { while (1) a++; }",
        "static int f(void) { int x[f()]; return 0; }",
        "int f(void) { struct s { char a[1 << 30]; } x, y; y = x; return 0; }",
        "int f(void) { switch (1) { " + "case 0: ;" * 20000 + "} while (1); }",
    ],
)
def test_a_hostile_patch_ends_soon(source: str) -> None:
    started = time.process_time()
    outcome = once(source, budget=Budget(steps=5_000))
    assert outcome.kind in ("endless", "stopped", "fault"), outcome
    assert outcome.reason
    assert time.process_time() - started < 5

"""What the interpreter asks of the kernel: words, loops, guards, clean-up, a prelude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from linter.source.unit import Unit
from linter.source.world import World
from linter.witness.ctype import INT, LONG, VOID, Pointer
from linter.witness.outcome import Place
from linter.witness.run import Run
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Bare, CallSite, Entry, Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.witness.ctype import CType

PRELUDE = Unit(
    "<kernel>",
    b"struct page { long flags; };\n"
    b"#define PAGES(n) ((n) << 2)\n"
    b"static inline int twice(int x) { return 2 * x; }\n"
    b"enum { THIRD = 3 };\n",
    World(),
)


class Words(Bare):
    def __init__(self) -> None:
        self.said: list[str] = []
        self.sites: list[CallSite] = []

    def prelude(self) -> Unit:
        return PRELUDE

    def entry(self, name: str) -> Entry | None:
        return self._tell if name in ("tell", "ops->tell") else None

    def _tell(self, run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
        self.sites.append(site)
        self.said.append(f"tell {args[0]}")
        return integer(7, INT)

    def raw(self, name: str) -> Entry | None:
        return self._lazy if name == "lazily" else None

    def _lazy(self, run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
        assert args == []
        self.sites.append(site)
        if run.truth(run.evaluate(site.raw[0])):
            return run.evaluate(site.raw[1])
        return Value(VOID, 0)

    def loop(self, name: str) -> Loop | None:
        return self._each if name == "for_each_item" else None

    def _each(self, run: Run, site: CallSite) -> Iterator[None]:
        address, ctype = run.lvalue(site.raw[0])
        for n in range(run.number(run.evaluate(site.raw[1]))):
            run.store(address, ctype, integer(n, INT))
            yield
        self.said.append("after the last")

    def variable(self, name: str) -> str | None:
        return "struct page *" if name == "current_page" else None

    def field(self, tag: str, name: str) -> str | None:
        return "int" if (tag, name) == ("kvm", "count") else None

    def typedef(self, name: str) -> str | None:
        return "unsigned char" if name == "tiny_t" else None

    def enter(self, run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
        what = f"{kind} {run.number(run.evaluate(args[0]))}"
        self.said.append(f"lock {what}")
        return lambda: self.said.append(f"unlock {what}")

    def cleanup(self, run: Run, name: str, address: int, ctype: CType) -> bool:
        self.said.append(f"{name} {run.load(address, ctype)}")
        return name == "kfree"


def run_of(*sources: str) -> tuple[Run, Words]:
    world = World()
    for n, source in enumerate(sources):
        world.add(Unit(f"{n}.c", source.encode(), world))
    kernel = Words()
    return Run(world, kernel), kernel


def result(run: Run) -> int:
    outcome = run.start("f")
    assert outcome.kind == "returned", outcome
    assert isinstance(outcome.value, Value)
    return outcome.value.number


def test_a_word_gets_values_and_its_place() -> None:
    run, kernel = run_of("long f(void)\n{\n\tlong x = 3;\n\n\treturn x +\n\t\ttell(x, &x);\n}\n")
    assert result(run) == 10
    site = kernel.sites[0]
    assert (site.name, site.path, site.line) == ("tell", "0.c", 6)
    assert site.types == (LONG, Pointer(LONG))
    assert site.texts == ("x", "&x")


def test_a_raw_word_evaluates_what_it_wants() -> None:
    run, kernel = run_of("int f(void) { int x = 1; lazily(0, x++); lazily(x, x++); return x; }")
    assert result(run) == 2
    assert kernel.sites[0].texts == ("0", "x++")


def test_types_in_arguments_are_there_as_written() -> None:
    run, kernel = run_of("int f(void) { lazily(0, struct page *, a . b); return 0; }")
    assert result(run) == 0
    assert kernel.sites[0].texts == ("0", "struct page *", "a . b")


def test_a_loop_of_the_kernel() -> None:
    source = """
    int f(void)
    {
        int i, sum = 0;

        for_each_item(i, 5) {
            if (i == 1)
                continue;
            if (i == 4)
                break;
            sum += i * 10;
        }
        for_each_item(i, 3)
            sum++;
        return sum;
    }
    """
    run, kernel = run_of(source)
    assert result(run) == 53
    assert kernel.said == ["after the last"]


def test_guards_are_left_in_order_on_every_way_out() -> None:
    source = """
    int f(void)
    {
        guard(mutex)(1);
        scoped_guard(spin, 2) {
            guard(mutex)(3);
            tell(4);
        }
        scoped_guard(spin, 5)
            return tell(6);
        return 0;
    }
    """
    run, kernel = run_of(source)
    assert result(run) == 7
    assert kernel.said == [
        "lock mutex 1", "lock spin 2", "lock mutex 3", "tell 4", "unlock mutex 3",
        "unlock spin 2", "lock spin 5", "tell 6", "unlock spin 5", "unlock mutex 1",
    ]  # fmt: skip


def test_free_is_asked_of_the_kernel() -> None:
    source = """
    int f(void)
    {
        long a __free(kfree) = 1;
        for (int i = 0; i < 3; i++) {
            long b __free(kfree) = i;

            if (i == 1)
                goto out;
        }
    out:
        a = 9;
        return 0;
    }
    """
    run, kernel = run_of(source)
    assert result(run) == 0
    assert kernel.said == ["kfree 0", "kfree 1", "kfree 9"]


def test_the_prelude_stands_behind_the_series() -> None:
    source = """
    int f(void)
    {
        struct page page = { .flags = 5 };

        return twice(PAGES(THIRD)) + page.flags + sizeof(page);
    }
    """
    run, _ = run_of(source)
    assert result(run) == 24 + 5 + 8
    run, _ = run_of(source, "static inline int twice(int x) { return 1000; }")
    assert result(run) == 1000 + 5 + 8


def test_variables_fields_and_types_of_the_kernel() -> None:
    source = """
    int f(struct kvm *kvm)
    {
        tiny_t small = 300;

        current_page->flags = 3;
        kvm->count = 0x1ffffffffUL;
        return current_page->flags + (kvm->count == -1) * 10 + small * 100;
    }
    """
    run, _ = run_of(source)
    assert result(run) == 13 + 4400


def test_a_static_function_is_its_own_files() -> None:
    one = "static int g(void) { return 1; } int h(void);\nint f(void) { return g() + 10 * h(); }"
    other = "static int g(void) { return 2; }\nint h(void) { return g(); }"
    run, _ = run_of(one, other)
    assert result(run) == 21


def test_memory_lives_on_between_calls_of_a_run() -> None:
    run, _ = run_of("int f(void) { static int n = 5; return n++; }")
    assert [result(run), result(run)] == [5, 6]
    other, _ = run_of("int f(void) { static int n = 5; return n++; }")
    assert result(other) == 5


def test_lines_that_ran() -> None:
    run, _ = run_of("int f(int x)\n{\n\tif (x)\n\t\treturn 1;\n\tx = 3;\n\treturn x;\n}\n")
    seen: list[Place] = []
    run.on_line = lambda _, place: seen.append(place)
    run.start("f", [integer(0)])
    assert [p.line for p in seen] == [3, 5, 6]
    assert run.executed["0.c", 4] == 0
    assert run.executed["0.c", 5] == 1


def test_lines_of_a_function_that_a_later_patch_moved() -> None:
    world = World()
    unit = Unit("a.c", b"int f(int *p)\n{\n\treturn *p;\n}\n", world)
    unit.functions[0].shift = 40
    world.add(unit)
    outcome = Run(world, Bare()).start("f", [Value(Pointer(INT), 0)])
    assert (outcome.kind, outcome.line) == ("fault", 43)


def test_a_function_that_is_not_there() -> None:
    run, _ = run_of("int f(void);")
    outcome = run.start("f")
    assert (outcome.kind, outcome.reason) == ("stopped", "f() is not defined in the series")


@pytest.mark.parametrize("name", ["f", "main"])
def test_runs_share_nothing(name: str) -> None:
    source = f"int n;\nint {name}(void) {{ return ++n; }}"
    for _ in range(2):
        run, _ = run_of(source)
        outcome = run.start(name)
        assert outcome.value == integer(1)

"""Warnings fire and go on, bugs end the run, messages evaluate nothing."""

from __future__ import annotations

import pytest

from tests.linter.witness.kernel.bench import Bench


def of(statements: str) -> str:
    return f"long f(unsigned long a)\n{{\n{statements}\n}}\n"


def test_a_warning_that_fires_is_an_event_with_its_condition_and_line() -> None:
    bench = Bench(of("if (WARN_ON(a  !=\n\t1))\n\treturn 7;\nWARN_ON_ONCE(0);\nreturn 0;"))
    assert bench.number("f", 2) == 7
    (event,) = bench.events("warn")
    assert (event.path, event.line) == ("a.c", 3)
    assert event.values["condition"] == "a != 1"
    assert bench.number("f", 1) == 0
    assert len(bench.events("warn")) == 1


def test_the_message_is_kept_and_its_arguments_are_not_looked_at() -> None:
    bench = Bench(of('return WARN(a, "level %d: %d\\n", nobody_knows(a), a) +\n\tWARN_ON(a);'))
    assert bench.number("f", 5) == 2
    first, second = bench.events("warn")
    assert first.values["message"] == '"level %d: %d\\n"'
    assert second.values["message"] == ""


def test_a_condition_is_evaluated_once() -> None:
    assert Bench(of("WARN_ON(a++ == 4);\nBUG_ON(a++ == 0);\nreturn a;")).number("f", 4) == 6


def test_unknown_conditions_fork() -> None:
    source = of("return WARN_ON(a > 3) ? 1 : 2;")
    for decision, value, warns in ((True, 1, 1), (False, 2, 0)):
        bench = Bench(source, decisions=[decision])
        assert bench.number() == value
        assert len(bench.events("warn")) == warns


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("BUG_ON(a == 1);", "BUG_ON(a == 1)"),
        ("BUG();", "BUG()"),
        ('panic("no way");', 'panic("no way")'),
    ],
)
def test_bugs_end_the_run(statement: str, why: str) -> None:
    assert Bench(of(f"{statement}\nreturn 0;")).reason("fault", "f", 1) == why


def test_what_the_compiler_decides_is_passed_over() -> None:
    source = of("BUILD_BUG_ON(sizeof(struct nobody) > PAGE_SIZE);\nmight_sleep();\nreturn 3;")
    assert Bench(source).number() == 3


def test_messages() -> None:
    bench = Bench(
        of("""
        pr_err("a %lx\\n", nobody_knows(a));
        kvm_err("b\\n");
        pr_info_once("c\\n");
        vcpu_err(a, "d\\n");
        kvm_pr_unimpl("e\\n");
        trace_kvm_exit(a, nobody);
        printk(KERN_ERR "f\\n");
        return 0;""")
    )
    assert bench.number() == 0
    printers = "pr_err kvm_err pr_info_once vcpu_err kvm_pr_unimpl trace_kvm_exit printk"
    assert [e.values["by"] for e in bench.events("print")] == printers.split()
    assert bench.texts("print")[:2] == ['"a %lx\\n"', '"b\\n"']


def test_only_messages_are_taken_for_messages() -> None:
    assert "kvm_destroy" in Bench(of("kvm_destroy(a);\nreturn 0;")).reason("stopped")

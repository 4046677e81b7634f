"""What is known across functions and files."""

from __future__ import annotations

import pytest

from linter.source.unit import Function, Unit
from linter.source.world import ERRNO, OTHER, STATUS, WARN, ZERO_ONLY, World
from tests.linter.source.build import unit, world


def returns(source: str, name: str = "f") -> frozenset[str]:
    found = world(kvm_rmi=source).summary(name)
    assert found is not None
    return found.returns


def outs(source: str, name: str = "f") -> dict[int, str]:
    found = world(kvm_rmi=source).summary(name)
    assert found is not None
    return dict(found.outs)


# What a function answers with.


@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        ("return 0;", {ZERO_ONLY}),
        ("return -EINVAL;", {ERRNO}),
        ("if (a) return -EIO; return 0;", {ERRNO, ZERO_ONLY}),
        ("return RMI_SUCCESS;", {STATUS, ZERO_ONLY}),
        ("return RMI_ERROR_INPUT;", {STATUS}),
        ("return RMI_RETURN_STATUS(a);", {STATUS}),
        ("return res.a0;", {STATUS}),
        ("return res.a1;", {OTHER}),
        ("return a;", {OTHER}),
        ("return 3;", {OTHER}),
        ("return WARN_ON(a);", {WARN}),
        ("return rmi_granule_delegate(a);", {STATUS}),
        ("int ret = rmi_granule_delegate(a); return ret;", {STATUS}),
        ("int ret = rmi_granule_delegate(a); if (ret) return -ENXIO; return ret;", {STATUS, ERRNO}),
        ("int ret = 0; if (a) ret = -EIO; return ret;", {ERRNO, ZERO_ONLY}),
        ("int ret = 0; ret += 3; return ret;", {OTHER}),
        ("return a ? -EIO : 0;", {ERRNO, ZERO_ONLY}),
        ("return rmi_granule_delegate(a) ?: -EIO;", {STATUS, ERRNO}),
        ("int ret; return ret = rmi_granule_delegate(a);", {STATUS}),
        ("int x, ret; x = ret = rmi_granule_delegate(a); return x;", {STATUS}),
        ("return (int)rmi_granule_delegate(a);", {STATUS}),
        ("return host(a);", {OTHER}),
        ("x();", set()),
        ("return; ", set()),
        ("/* no */ return /* yes */ 0 /* well */;", {ZERO_ONLY}),
    ],
)  # fmt: skip
def test_kinds_of_results(statements: str, kinds: set[str]) -> None:
    assert returns(f"int f(int a) {{ {statements} }}") == kinds


def test_answers_are_handed_on_through_files() -> None:
    known = world(
        kernel_rmi="int low(int a) { return RMI_ERROR_INPUT; }\nint none(void) { return 3; }",
        kvm_mid="int mid(int a) { int ret = low(a); return ret; }",
        kvm_rmi="int top(int a) { if (a) return -EIO; return mid(a); }\n"
        "static int quiet(void) { mid(3); none(); return none(); }",
    )
    assert known.is_status("low") and known.is_status("mid") and known.is_status("top")
    assert known.is_errno("top") and not known.is_errno("mid")
    assert not known.is_status("quiet") and not known.is_errno("quiet")


def test_firmware_is_reached_through_calls() -> None:
    known = world(
        asm_cmds_h="static inline int go(int a) { arm_smccc_1_1_invoke(a); return 0; }",
        kvm_rmi="int one(int a) { return go(a); }\nvoid two(void) { x(one(3)); }\n"
        "void three(void) { x(3); }\nvoid four(void) { rmi_rec_enter(a, b); }",
    )
    assert [known.is_firmware(name) for name in ("go", "one", "two", "three", "four")] == [
        True,
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("rmi_granule_delegate", True),
        ("rmi_rtt_create", True),
        ("smc_rmi_data_create", True),
        ("rmi_realm_is_ready", False),
        ("rmi_rtt_level_size", False),
        ("rmi_sro_init", False),
        ("rmi_print", False),
        ("kvm_rmi_rtt", False),
        ("host", False),
        ("", False),
    ],
)
def test_unknown_names_go_by_convention(name: str, status: bool) -> None:
    known = World()
    assert known.is_status(name) == known.is_firmware(name) == status
    assert not known.is_errno(name)
    assert known.summary(name) is None
    assert known.out_written(name, 0) is None


@pytest.mark.parametrize(
    "name", ["arm_smccc_smc", "__arm_smccc_smc", "arm_smccc_1_1_invoke", "arm_smccc_1_2_smc"]
)
def test_the_call_itself_is_firmware(name: str) -> None:
    assert World().is_firmware(name)


def test_a_body_outweighs_the_name() -> None:
    known = world(kvm_rmi="int rmi_rec_count(void) { return 3; }")
    assert not known.is_status("rmi_rec_count")
    assert not known.is_firmware("rmi_rec_count")


@pytest.mark.parametrize("what", ["RMI return code", "an RMI status code.", "rmi return code"])
def test_a_comment_may_say_it(what: str) -> None:
    known = world(kvm_rmi=f"/**\n * f() - does it\n * Return: {what}\n */\nint f(int a)\n"
                  "{ return a; }\n\nint g(int a) { return f(a); }")  # fmt: skip
    assert known.is_status("f") and known.is_status("g")


def test_a_comment_of_another_function_says_nothing() -> None:
    source = "/* RMI return code */\nint g(void);\n\nint f(int a) { return a; }"
    assert not world(kvm_rmi=source).is_status("f")


# Recursion.


@pytest.mark.parametrize("first", ["even", "odd"])
def test_mutual_recursion_gives_the_same_answer_from_either_end(first: str) -> None:
    known = world(
        kvm_rmi="int even(int n) { if (n) return odd(n - 1); return rmi_granule_delegate(n); }\n"
        "int odd(int n) { return even(n - 1); }"
    )
    known.summary(first)
    for name in ("even", "odd"):
        found = known.summary(name)
        assert found is not None
        assert (found.returns, found.firmware) == (frozenset({STATUS}), True)


def test_a_function_that_calls_itself() -> None:
    source = "int f(int a) { int ret; if (a) return 0; ret = f(a + 1); if (ret) return ret;"
    assert returns(f"{source} return -EIO; }}") == {ERRNO, ZERO_ONLY}


def test_a_circle_of_three_with_an_errno_inside() -> None:
    known = world(
        kvm_rmi="int a(int n) { return b(n); }\nint b(int n) { return c(n); }\n"
        "int c(int n) { if (n) return a(n); return -EIO; }"
    )
    assert [known.is_errno(name) for name in "abc"] == [True] * 3


def test_many_functions_that_all_call_each_other_are_quick() -> None:
    names = [f"f{n}" for n in range(12)]
    calls = " ".join(f"if (a == {n}) return {name}(a);" for n, name in enumerate(names))
    known = world(kvm_rmi="\n".join(f"int {n}(int a) {{ {calls} return -EIO; }}" for n in names))
    assert all(known.is_errno(name) for name in names)


def test_an_out_parameter_of_a_circle_is_not_promised() -> None:
    source = "int f(int *out) { if (x()) return f(out); *out = 1; return 0; }"
    assert outs(source) == {0: "sometimes"}
    assert outs("int f(int *out) { if (x()) return f(out); return 0; }") == {}


# Names.


def test_a_static_function_belongs_to_its_file() -> None:
    known = World()
    one = unit("static int help(void) { return -EIO; }\nint a(void) { return help(); }",
               "kvm/a.c", known)  # fmt: skip
    two = unit("static int help(void) { return RMI_ERROR_INPUT; }\nint b(void) { return help(); }",
               "kvm/b.c", known)  # fmt: skip
    three = unit("int c(void) { return help(); }", "kvm/c.c", known)
    assert known.is_errno("a") and not known.is_status("a")
    assert known.is_status("b") and not known.is_errno("b")
    assert known.function("help", one.functions[1]) is one.functions[0]
    assert known.function("help", two.functions[1]) is two.functions[0]
    assert known.function("help", three.functions[0]) is None
    assert not known.is_errno("c") and not known.is_status("c")


def test_an_extern_function_is_found_behind_a_static_one() -> None:
    known = World()
    unit("static int help(void) { return -EIO; }", "kvm/a.c", known)
    unit("int help(void) { return RMI_ERROR_INPUT; }", "kvm/b.c", known)
    unit("int c(void) { return help(); }", "kvm/c.c", known)
    assert known.is_status("c") and not known.is_errno("c")


def test_a_static_function_of_a_header_is_for_all() -> None:
    known = World()
    unit("static inline int help(void) { return -EIO; }", "asm/rmi.h", known)
    unit("int c(void) { return help(); }", "kvm/c.c", known)
    assert known.is_errno("c")


# Out-parameters.


@pytest.mark.parametrize(
    ("statements", "when"),
    [
        ("*out = 1; return 0;", "always"),
        ("out[0] = 1; return 0;", "always"),
        ("*out += 1; return 0;", "always"),
        ("if (out) *out = 1; return 0;", "always"),
        ("if (!out) return -EINVAL; *out = 1; return 0;", "always"),
        ("if (out == NULL) return 0; *out = 1; return 0;", "always"),
        ("if (out != NULL) *out = 1; return a;", "always"),
        ("if (a) return -EINVAL; *out = 1; return 0;", "success"),
        ("int ret = g(a); if (ret) return ret; *out = 1; return 0;", "success"),
        ("int ret = g(a); if (!ret) *out = 1; return ret;", "success"),
        ("int ret = g(a); if (!ret && out) *out = 1; return ret;", "success"),
        ("int ret = g(a); if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS) *out = 1; return ret;",
         "success"),
        ("unsigned long ret = g(a); if (!ret) *out = 1; return RMI_RETURN_STATUS(ret);",
         "success"),
        ("int ret = g(a); switch (ret) { case RMI_SUCCESS: case RMI_BUSY: *out = 1; } return ret;",
         "success"),
        ("int ret = g(a); switch (ret) { case RMI_BUSY: *out = 1; break; } return ret;",
         "sometimes"),
        ("if (a) *out = 1; return 0;", "sometimes"),
        ("if (a) return 0; *out = 1; return 0;", "sometimes"),
        ("int ret = g(a); if (ret) *out = 1; return ret;", "sometimes"),
        ("while (a) { *out = 1; a = g(a); } return 0;", "sometimes"),
        ("do { *out = 1; a = g(a); } while (a); return 0;", "always"),
        ("while (a) { if (out) x(); a = g(a); } if (out) *out = 1; return 0;", "always"),
        ("if (a) BUG(); *out = 1; return 0;", "always"),
        ("if (a) { BUG(); } else { *out = 1; }", "always"),
        ("if (a) { *out = 1; return; }", "sometimes"),
        ("if (a) return; *out = 1;", "sometimes"),
        ("*out = 1;", "always"),
        ("int ret; if (a) goto fail; *out = 1; return 0; fail: ret = -EIO; return ret;",
         "success"),
        # by others
        ("rmi_rtt_destroy(a, out); return 0;", "always"),
        ("always(out); return 0;", "always"),
        ("return on_success(a, out);", "success"),
        ("int ret = on_success(a, out); return ret;", "success"),
        ("int ret = on_success(a, out); if (ret) return -EIO; return 0;", "success"),
        ("if (on_success(a, out)) return -EIO; return 0;", "success"),
        ("if (!on_success(a, out)) return 0; *out = 3; return 0;", "always"),
        ("if (on_success(a, out)) *out = 3; return 0;", "always"),
        ("on_success(a, out); return 0;", "sometimes"),
        ("sometimes(a, out); return 0;", "sometimes"),
        ("while (on_success(a, out)) { if (out) x(); } return 0;", "always"),
        ("int ret; do { ret = on_success(a, out); } while (ret == -EBUSY); return ret;", "success"),
    ],
)  # fmt: skip
def test_when_an_out_parameter_is_written(statements: str, when: str) -> None:
    others = """
static void always(int *p) { *p = 3; }
static int on_success(int a, int *p) { if (a) return -EIO; *p = 3; return 0; }
static void sometimes(int a, int *p) { if (a) *p = 3; }
"""
    assert outs(f"{others}int f(int a, int *out) {{ {statements} }}") == {1: when}


@pytest.mark.parametrize(
    "statements",
    ["return *out;", "x(out);", "out = &a;", "return out[0];", "other.out = 3;", "*a = 3;"],
)
def test_what_is_no_write(statements: str) -> None:
    assert 1 not in outs(f"int f(int *a, int *out) {{ {statements} }}")


def test_the_question_of_a_caller() -> None:
    known = world(kvm_rmi="int f(int *a, int *b) { *b = 1; return 0; }")
    assert known.out_written("f", 1) == "always"
    assert known.out_written("f", 0) == ""
    assert known.out_written("f", 7) == ""


def test_too_many_ways_are_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linter.source.explore.MAX_STATES", 3)
    assert outs("int f(int a, int *out) { if (a) x(); if (b) y(); *out = 1; return 0; }") == {
        1: "sometimes"
    }


# From patch to patch.


def next_world(units: list[Unit], *changed: tuple[str, str]) -> tuple[World, list[Unit]]:
    """The same functions in a new world; the changed files are read again."""
    made = World()
    fresh = {path: Unit(path, source.encode(), made) for path, source in changed}
    units = [fresh.get(old.path, old) for old in units]
    for one in units:
        for function in one.functions:
            function.unit.world = made
        made.add(one)
    return made, units


def by_name(units: list[Unit], name: str) -> Function:
    return next(f for one in units for f in one.functions if f.name == name)


LOW = "int low(int a) { return -EIO; }"
TOP = """int mid(int a) { return low(a); }
int top(int a) { return mid(a); }
int own(void) { return 3; }
"""
CIRCLE = """int a(int n) { return b(n); }
int b(int n) { if (n) return c(n); return low(n); }
int c(int n) { return a(n); }
"""


def test_a_changed_callee_is_forgotten_by_all_above() -> None:
    known = World()
    units = [unit(LOW, "low.c", known), unit(TOP, "top.c", known)]
    assert known.is_errno("top") and known.summary("own")
    top, mid, own = (by_name(units, name) for name in ("top", "mid", "own"))
    for function in (top, mid, own):
        function.findings["rule"] = []
    after, units = next_world(units, ("low.c", "int low(int a) { return RMI_ERROR_INPUT; }"))
    kept = own.summary
    assert not after.refresh(top) and not after.refresh(mid) and after.refresh(own)
    assert (top.findings, mid.findings, own.findings) == ({}, {}, {"rule": []})
    assert own.summary is kept
    assert after.is_status("top") and not after.is_errno("top")


def test_what_has_not_changed_is_kept() -> None:
    known = World()
    units = [unit(LOW, "low.c", known), unit(TOP, "top.c", known)]
    known.summary("top")
    summary = by_name(units, "top").summary
    after, units = next_world(units, ("other.c", "int x(void) { return 0; }"))
    assert all(after.refresh(f) for one in units for f in one.functions)
    assert by_name(units, "top").summary is summary


def test_a_function_that_appears_changes_the_answer() -> None:
    known = World()
    units = [unit("int f(int a) { return rmi_rec_count(a); }", "f.c", known)]
    assert known.is_status("f")
    more = unit("int rmi_rec_count(int a) { return 3; }", "g.c", World())
    after, units = next_world([*units, more])
    assert not after.is_status("f")
    after, units = next_world(units[:1])
    assert after.is_status("f")


@pytest.mark.parametrize("first", ["a", "b", "c"])
def test_a_circle_is_forgotten_as_a_whole(first: str) -> None:
    known = World()
    units = [unit(LOW, "low.c", known), unit(CIRCLE, "abc.c", known)]
    assert all(known.is_errno(name) for name in "abc")
    after, units = next_world(units, ("low.c", "int low(int a) { return RMI_ERROR_INPUT; }"))
    assert not after.refresh(by_name(units, first))
    assert not any(after.refresh(by_name(units, name)) for name in "abc")
    assert [after.is_errno(name) for name in "abc"] == [False] * 3
    assert [after.is_status(name) for name in "abc"] == [True] * 3

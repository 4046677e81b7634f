"""The interface as the rules have it: against replay's tables, and read from headers."""

from __future__ import annotations

import pytest

from linter.follow import new_unit, new_world
from linter.source.unit import Unit
from replay.spec.commands import commands_of
from rules.abi import command_name, function_number, identifiers, of_name, version
from rules.abi_commands import Command, commands
from rules.abi_layout import layout, shared
from rules.abi_values import known

SPECIFICATIONS = ("1.0", "2.0-bet0", "2.0-bet1", "2.0-bet3")


def unit_of(source: str) -> Unit:
    world = new_world()
    unit = new_unit("rmi.h", source, world)
    world.add(unit)
    return unit


def told(specification: str) -> set[Command]:
    """The commands that replay knows, as the rules would have them."""
    return {
        Command(specification[0], c.fid & 0xFFFF, c.name.removeprefix("RMI_"), c.inputs, c.outputs)
        for c in commands_of(specification).values()
    }


def test_every_command_is_one_of_replay() -> None:
    judged = set().union(*map(told, SPECIFICATIONS))
    assert len(commands()) > 120
    assert {c for c in commands() if c.inputs is not None} <= judged


def test_every_command_of_replay_is_known() -> None:
    judged = set().union(*map(told, SPECIFICATIONS))
    assert {c[:3] for c in judged} <= {c[:3] for c in commands()}
    # nothing but its number is known of the others, or that depends on who is asked
    assert {c for c in judged if c.major == "1"} <= set(commands())
    known_whole = [c for c in judged if c.major == "2" and c in set(commands())]
    assert len(known_whole) > 35


@pytest.mark.parametrize(
    ("macro", "name"),
    [
        ("SMC_RMI_RTT_FOLD", "RTT_FOLD"),
        ("RMI_RTT_FOLD_FID", "RTT_FOLD"),
        ("RSI_HOST_CALL", ""),
        ("RMI_", ""),
    ],
)
def test_command_name(macro: str, name: str) -> None:
    assert command_name(macro) == name


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("SMC_RMI_CALL(0x0150)", 0x150),
        ("ARM_SMCCC_CALL_VAL(FAST, SMC_64, OWNER(4), 0x15d)", 0x15D),
        ("0xC4000166UL", 0x166),
        ("FROM_BASE_FID(2 + 3)", 0x155),
        ("NUMBERED_FID(0x20a)", 0x20A),
        ("SMC_RMI_OTHER", None),
        ("SMC_RMI_CALL(UNKNOWN)", None),
        ("BIT(3)", None),
    ],
)
def test_function_number(value: str, number: int | None) -> None:
    unit = unit_of(
        "#define FROM_BASE_FID(n) (0xC4000150 + (n))\n"
        "#define NUMBERED_FID(n) ARM_SMCCC_CALL_VAL(FAST, SMC_64, 4, (n))\n"
    )
    assert function_number(unit.world, value) == number


def test_identifiers_are_those_of_commands() -> None:
    unit = unit_of(
        "#define SMC_RMI_VERSION 0xC4000150\n"
        "#define SMC_RMI_BASE 0xC4000150\n"
        "#define SMC_RMI_NEWER SMC_RMI_CALL(0x230)\n"
        "#define RMI_CALL_LIMIT(x) MY_CALL(0x151)\n"
        "#define RMI_SUCCESS 0\n"
    )
    assert [(i.command, i.number) for i in identifiers(unit)] == [
        ("VERSION", 0x150),
        ("NEWER", 0x230),
    ]


def test_variants_of_a_command_are_all_given() -> None:
    assert {len(c.inputs or ()) for c in of_name("PSCI_COMPLETE", "2")} == {2, 3}
    assert of_name("GRANULE_DELEGATE", "2") == []


def test_version_needs_a_major_number() -> None:
    assert version(unit_of("#define RMI_ABI_MINOR_VERSION 1\n").world) == ""
    assert version(unit_of("#define RMI_ABI_MAJOR_VERSION 2\n").world) == "2.0"


def offsets(source: str, tag: str = "s") -> tuple[int, dict[str, int]] | None:
    unit = unit_of(source)
    laid = layout(unit, unit.structs[tag])
    return None if laid is None else (laid.size, {f.name: f.offset for f in laid.fields})


@pytest.mark.parametrize(
    ("members", "size", "fields"),
    [
        ("u8 a; u16 b; u32 c; u64 d;", 16, {"a": 0, "b": 2, "c": 4, "d": 8}),
        ("u8 a; unsigned long b; u8 c;", 24, {"a": 0, "b": 8, "c": 16}),
        ("u16 a, b[3], *c;", 16, {"a": 0, "b": 2, "c": 8}),
        ("u8 a[2][N]; s64 b;", 24, {"a": 0, "b": 16}),
        ("union { u64 a; u8 b[N + 2]; }; u8 c;", 24, {"a": 0, "b": 0, "c": 16}),
        ("u8 a; struct { u8 b; union { u32 c; u8 d[6]; }; }; u8 e;", 20, None),
        ("struct { u64 in; u8 rest; } a; u8 b;", 24, {"a": 0, "b": 16}),
        ("struct t a[2]; u8 b;", 10, {"a": 0, "b": 8}),
        ("enum e a; u8 b;", 8, {"a": 0, "b": 4}),
    ],
)
def test_layout_is_that_of_a_compiler(
    members: str, size: int, fields: dict[str, int] | None
) -> None:
    found = offsets(f"#define N 7\nstruct t {{ u16 x; u8 y; }};\nstruct s {{ {members} }};\n")
    assert found is not None
    assert found[0] == size
    assert found[1] == (fields or {"a": 0, "b": 4, "c": 8, "d": 8, "e": 16})


@pytest.mark.parametrize(
    "declaration",
    [
        "struct s { u8 a; u64 b; } __packed;",
        "struct s { u8 a; u64 b __aligned(16); };",
        "struct s { u32 a : 3; u32 b : 5; };",
        "struct s { struct elsewhere a; };",
        "struct s { u8 a[UNKNOWN]; };",
        "struct s { unknown_t a; };",
        "struct s { void (*call)(int); };",
        "struct s {\n#ifdef X\n u8 a;\n#endif\n u8 b; };",
        "struct s { struct s a; };",
    ],
)
def test_a_layout_that_is_not_known_is_none(declaration: str) -> None:
    assert offsets(f"{declaration}\n") is None


def test_shared_structures() -> None:
    entry = shared("realm_params", "2")
    assert entry is not None
    assert (entry.size, entry.offsets["aux_rtt_base"]) == (0x1000, 0xF80)
    assert shared("rmi_rec_exit", "1") == shared("rec_exit", "1") != shared("rec_exit", "2")
    assert shared("rmm_config", "1") is None
    assert shared("realm", "1") is None


def test_known_values() -> None:
    status, field, gone = known("RMI_BUSY", "2"), known("RMI_RETURN_INDEX", "1"), None
    assert status is not None
    assert (status.values, status.text) == ((10,), "10")
    assert field is not None
    assert (field.fields, field.text) == (((15, 8),), "bits 15:8")
    gone = known("RMI_FEATURE_REGISTER_0_HASH_SHA_256", "2")
    assert gone is not None
    assert not gone.values
    assert not gone.fields
    assert known("RMI_BUSY", "1") is None
    assert known("BUSY", "2") is None
    assert known("RMI_FEATURE_REGISTER_0_SVE_EN", "1") == known("RMI_FEATURE_REGISTER_0_SVE", "2")

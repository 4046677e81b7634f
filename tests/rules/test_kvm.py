"""What rules about KVM's own files share."""

from __future__ import annotations

import pytest

from linter.finding import PatchRef
from linter.follow import new_unit, new_world
from linter.source.unit import Function, Unit
from rules.kvm import (
    about_cca,
    asks_for_realm,
    bodies,
    is_predicate,
    many_patches,
    shows_end,
    under_realm,
    ways,
    whole,
)


def unit(source: str, *, hunk: bool = False) -> Unit:
    lines = list(range(1, source.count("\n") + 2)) if hunk else None
    return new_unit("arch/arm64/kvm/arm.c", source, new_world(), lines=lines)


def body(statements: str) -> Function:
    return unit(f"void f(struct kvm_vcpu *v, int a)\n{{\n{statements}\n}}\n").functions[0]


def called(function: Function, *, realm: bool) -> list[str]:
    points = ways(function.facts, realm=realm)
    return [s.name for s in function.facts.sites if s.point in points and len(s.name) == 1]


@pytest.mark.parametrize(
    ("name", "realm"),
    [
        ("vcpu_is_rec", True),
        ("kvm_is_realm", True),
        ("is_realm", True),
        ("kvm_is_protected", False),
        ("kvm_realm_is_created", False),
        ("is_record", False),
    ],
)
def test_predicates_are_known_by_name(name: str, realm: bool) -> None:
    assert is_predicate(name) == realm


@pytest.mark.parametrize(
    ("statements", "realm", "other"),
    [
        ("a(); if (vcpu_is_rec(v)) return; b();", ["a"], ["a", "b"]),
        ("if (!kvm_is_realm(v->kvm)) { a(); } b();", ["b"], ["a", "b"]),
        ("if (x && vcpu_is_rec(v)) a(); else b();", ["a", "b"], ["b"]),
        ("bool rec = vcpu_is_rec(v); if (rec) a(); else b();", ["a"], ["b"]),
        ("if (v->kvm->arch.is_realm) a(); b();", ["a", "b"], ["b"]),
        ("if (unlikely(vcpu_is_rec(v))) goto out; a(); out: b();", ["b"], ["a", "b"]),
        ("bool rec = false; if (rec) a(); b();", ["a", "b"], ["a", "b"]),
        ("if (vcpu_is_rec(v) || x) a(); b();", ["a", "b"], ["a", "b"]),
    ],
)
def test_a_realm_goes_its_own_ways(statements: str, realm: list[str], other: list[str]) -> None:
    function = body(statements)
    assert called(function, realm=True) == realm
    assert called(function, realm=False) == other


def test_a_flag_that_may_mean_something_else_does_not_ask() -> None:
    function = body("bool rec = vcpu_is_rec(v); if (a) rec = true; if (rec) g();")
    asked = [p for p in function.facts.points if asks_for_realm(function.facts, p)]
    assert asked == []


def test_what_lets_only_a_realm_through_is_named() -> None:
    function = body("if (a)\nif (vcpu_is_rec(v)) g();\nh();")
    calls = {site.name: site.point for site in function.facts.sites}
    asked = under_realm(function.facts, calls["g"])
    assert asked is not None
    assert asked.node is not None
    assert asked.node.text == b"vcpu_is_rec(v)"
    assert under_realm(function.facts, calls["h"]) is None


HUNK = "\tg();\n\tif (vcpu_is_rec(v))\n\t\treturn;\n\th();\n"


@pytest.mark.parametrize(("tail", "end"), [("}\n\nvoid other(void)\n", True), ("", False)])
def test_a_hunk_may_show_how_a_function_ends(tail: str, end: bool) -> None:
    hunk = new_unit(
        "a.c",
        HUNK + tail,
        new_world(),
        lines=list(range(10, 20)),
        section="void f(struct kvm_vcpu *v)",
    )
    (part,) = [f for _, f in bodies([hunk]) if f.name == "f"]
    assert not whole(part)
    assert shows_end(part) == end


def test_a_whole_function_shows_its_end() -> None:
    made = unit("int g(void) { return 0; }\n")
    assert [(whole(f), shows_end(f)) for _, f in bodies([made])] == [(True, True)]


def test_one_patch_of_several_does_not_show_what_is_missing() -> None:
    def piece(index: int, total: int) -> Unit:
        made = unit("g();\n", hunk=True)
        made.patch = PatchRef(index, total, "", "")
        return made

    assert many_patches([])
    assert many_patches([piece(1, 1)])
    assert many_patches([piece(1, 9), piece(4, 9)])
    assert not many_patches([piece(4, 9), piece(4, 9)])


def test_a_series_is_about_the_rmm_if_one_file_is() -> None:
    assert about_cca([unit("int a;\n"), unit("int b = rmi_x();\n")])
    assert not about_cca([unit("int a;\n")])

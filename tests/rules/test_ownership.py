"""What rules about ownership share: members under all their names, releases, success."""

from __future__ import annotations

import pytest

from linter.source.unit import Function, Unit
from linter.source.world import World
from rules.ownership import (
    frees_memory,
    given_back,
    is_release,
    members,
    sources_of,
    spellings,
    spoken_name,
    successes,
    undoes,
)


def function(source: str) -> Function:
    """The last function of a file that a world knows."""
    world = World()
    unit = Unit("arch/arm64/kvm/rmi.c", source.encode(), world)
    world.add(unit)
    return unit.functions[-1]


def test_a_member_has_one_name_in_every_function() -> None:
    by_local = function("void f(struct kvm *kvm) { struct realm *r = &kvm->arch.realm; g(r->rd); }")
    by_path = function("void f(struct kvm *kvm) { g(kvm->arch.realm.rd); }")
    by_param = function("void f(struct realm *realm) { g(realm->rd); }")
    assert spellings(by_local.facts, "r->rd") == ["r->rd", "kvm->arch.realm.rd"]
    assert members(by_local, "r->rd") & members(by_path, "kvm->arch.realm.rd")
    assert members(by_local, "r->rd") & members(by_param, "realm->rd")
    assert not members(by_path, "kvm->arch.realm.rd") & members(by_path, "kvm->arch.mmu.rd")


def test_a_local_that_changes_stands_for_nothing() -> None:
    moving = function("void f(struct a *a) { struct b *b = a->x; b = b->next; g(b->y); }")
    assert spellings(moving.facts, "b->y") == ["b->y"]


def test_a_page_is_known_by_each_of_its_addresses() -> None:
    known = function(
        "void f(struct rec *rec) { void *va = rec->page; phys_addr_t pa = virt_to_phys(va);"
        " pa += SZ_4K; free_it(pa); other(n); }"
    )
    (site,) = known.facts.calls(lambda name: name == "free_it")
    assert sources_of(known.facts, site.point, site.call.args[0]) == {"pa", "va", "rec->page"}


@pytest.mark.parametrize(
    ("body", "reached"),
    [
        ("int r = lend(pa); if (r) return; ok();", True),
        ("if (lend(pa)) ok();", False),
        ("if (!lend(pa)) ok();", True),
        ("lend(pa); ok();", True),
        ("int r = lend(pa); if (r) ok();", False),
    ],
)
def test_success_goes_past_the_error_checks(body: str, reached: bool) -> None:
    facts = function(f"void f(phys_addr_t pa) {{ {body} }}").facts
    (site,) = facts.calls(lambda name: name == "lend")
    (ok,) = facts.calls(lambda name: name == "ok")
    ways = {point for walk in successes(facts, site) for point, _ in walk}
    assert (ok.point in ways) == reached


def test_a_helper_that_undelegates_gives_back() -> None:
    source = """
    static void drop(phys_addr_t pa) { if (!rmi_undelegate_page(pa)) free_page(pa); }
    void f(phys_addr_t pa, phys_addr_t other)
    {
        drop(pa);
        drop(other);
        free_page(pa);
        release_somehow(pa);
        (void)virt_to_phys(pa);
    }
    """
    facts = function(source).facts
    told = [given_back(facts, s.point, s.call, {"pa"}) for s in facts.sites]
    assert told == [True, False, False, True, False]
    assert undoes(facts, "drop")
    assert not undoes(facts, "free_page")


def test_names_of_releases() -> None:
    assert is_release("kvm_realm_destroy_rtts")
    assert is_release("realm_tear_down_rtt_range")
    assert not is_release("rmi_rtt_create")
    assert frees_memory("__free_pages")
    assert frees_memory("kfree")
    assert not frees_memory("free_delegated_page")


def test_a_macro_that_picks_a_function() -> None:
    facts = function("void f(struct t *t) { PICK(table_destroy)(t); }").facts
    assert spoken_name(facts.sites[-1].call) == "table_destroy"

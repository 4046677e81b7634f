"""Scenarios, explorations and oracles, on C written for the purpose."""

from __future__ import annotations

import time

import pytest

from linter.follow import new_unit, new_world
from linter.source.unit import Function
from linter.source.world import World
from linter.witness import oracle
from linter.witness.arguments import recognised
from linter.witness.explore import Attempt, Clock, Exploration, explore
from linter.witness.guest import IPA, SHARED
from linter.witness.machine import QEMU_SBSA
from linter.witness.outcome import ENDLESS, FAULT, RETURNED, STOPPED, Stop
from linter.witness.reach import reaches
from linter.witness.scenario import EVERY, Answer, Scenario

GIVE = """
int give(phys_addr_t phys, unsigned long size)
{
	unsigned long top = phys + size, next, ret;
	while (phys < top) {
		ret = rmi_granule_range_delegate(phys, top, &next);
		if (ret == RMI_SUCCESS)
			phys = next;
		else if (ret != RMI_BUSY && ret != RMI_BLOCKED)
			return -ENXIO;
	}
	return 0;
}
"""


def world_of(source: str) -> World:
    world = new_world()
    world.add(new_unit("t.c", source, world))
    return world


def function(world: World, name: str) -> Function:
    found = world.function(name)
    assert found is not None
    return found


def run(source: str, name: str, scenario: Scenario | None = None, line: int = 0) -> Exploration:
    world = world_of(source)
    given = scenario or Scenario()
    return explore(world, function(world, name), given, Clock(10), ("t.c", line))


def one(source: str, name: str, scenario: Scenario | None = None, line: int = 0) -> Attempt:
    found = run(source, name, scenario, line)
    assert len(found.attempts) == 1, [str(a.outcome) for a in found.attempts]
    return found.attempts[0]


# --- arguments and set-up


def test_a_page_of_the_guest_is_delegated() -> None:
    attempt = one(GIVE, "give")
    assert oracle.returned(attempt) == 0
    (call,) = attempt.smcs
    base, top = (oracle.called(attempt, call, name) or 0 for name in ("base", "top"))
    assert top - base == 4096 and base % 4096 == 0
    assert attempt.firmware.granule(base) == "DELEGATED"


def test_the_bank_of_a_machine() -> None:
    source = "int f(phys_addr_t start, phys_addr_t end) { return start == end; }"
    attempt = one(source, "f", Scenario(arguments="bank"))
    assert attempt.call == "f(0x10043000000, 0x100c0000000)"  # QEMU_SBSA's, and what it is long
    assert sum(QEMU_SBSA.banks[0]) == 0x100C0000000


def test_what_is_to_be_taken_back_was_given_before() -> None:
    source = GIVE.replace("give", "take").replace("delegate", "undelegate")
    attempt = one(source, "take", Scenario(arguments="pages"))
    assert oracle.returned(attempt) == 0
    assert not oracle.failed(attempt.smcs[0])


@pytest.mark.parametrize("rmi", ["1.0", "2.0"])
def test_a_realm_is_there_for_the_rmm_too(rmi: str) -> None:
    """A table for the realm's descriptor is refused unless the RMM knows that realm."""
    give = "rmi_granule_delegate(p)" if rmi == "1.0" else "rmi_granule_range_delegate(p, p + 4096)"
    source = f"""
int table(struct kvm *kvm, unsigned long ipa)
{{
	unsigned long p = virt_to_phys((void *)__get_free_page(GFP_KERNEL));
	if ({give})
		return -1;
	return rmi_rtt_create(virt_to_phys(kvm->arch.realm.rd), p, ipa & ~((1UL << 30) - 1), 2);
}}
"""
    attempt = one(source, "table")
    assert attempt.firmware.rmi == rmi
    assert oracle.returned(attempt) == 0
    assert attempt.smcs[-1].text == "RMI_RTT_CREATE"


def test_memory_that_is_shared_lies_in_the_other_half() -> None:
    source = "int f(struct kvm *kvm, unsigned long ipa) { return rmi_rtt_unprot_map(0,0,0,0,0); }"
    assert hex(IPA | SHARED) in one(source, "f").call


def test_a_comment_reaches_no_command() -> None:
    world = world_of(GIVE + "/* give() */ int f(void) { /* give() is not called */ return 0; }")
    assert reaches(world, function(world, "f")) == frozenset()
    assert reaches(world, function(world, "give")) == {"RMI_GRANULE_RANGE_DELEGATE"}


def test_parameters_that_nobody_can_tell() -> None:
    world = world_of("int f(struct kvm *kvm, unsigned long ipa) { return 0; } int g(int x) {}")
    assert recognised(function(world, "f"))
    assert not recognised(function(world, "g"))


def test_a_scenario_that_cannot_be_made_says_why() -> None:
    source = "int f(struct kvm *kvm) { return rmi_rtt_set_ripas(0, 0, 0, 0); }"
    world = world_of(source)
    # what the RMM answers in the set-up is never what the scenario says of the function
    attempt = one(source, "f", Scenario(answers=(Answer("RMI_REALM_CREATE", EVERY, (1,)),)))
    assert attempt.outcome.kind == RETURNED
    with pytest.raises(KeyError):
        explore(world, function(world, "f"), Scenario(machine="none"), Clock(1))


# --- faults


def test_one_call_of_a_command_is_answered_otherwise() -> None:
    once = (Answer("RMI_GRANULE_RANGE_DELEGATE", 1, (1,)),)
    attempt = one(GIVE, "give", Scenario(behaviour="stride-1", arguments="pages", answers=once))
    assert [oracle.status(e) for e in attempt.smcs] == [0, 1]
    assert oracle.returned(attempt) == -6
    assert oracle.ending(attempt) == "returns -ENXIO"
    told = oracle.delegated_for_good(attempt)
    assert told.startswith("returns -ENXIO, and 0x") and "stays delegated" in told


def test_every_call_is_answered_otherwise() -> None:
    every = (Answer("RMI_GRANULE_RANGE_DELEGATE", EVERY, (10,)),)
    attempt = one(GIVE, "give", Scenario(answers=every))
    assert attempt.outcome.kind == ENDLESS


def test_an_allocation_fails() -> None:
    source = """
int f(void)
{
	void *a = (void *)get_zeroed_page(GFP_KERNEL), *b = (void *)get_zeroed_page(GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	free_page((unsigned long)a);
	free_page((unsigned long)b);
	return 0;
}
"""
    assert not oracle.leaked(one(source, "f"))
    told = oracle.leaked(one(source, "f", Scenario(failing=frozenset((1,)))))
    assert told == "page of get_zeroed_page() at t.c:4 is never freed; returns -ENOMEM"


# --- loops


@pytest.mark.parametrize("behaviour", ["no-progress", "busy-for-ever"])
def test_a_loop_that_stands_still(behaviour: str) -> None:
    attempt = one(GIVE, "give", Scenario(behaviour=behaviour))
    assert "again and again, without an end" in oracle.endless(attempt)
    assert len(attempt.smcs) < 40  # seen early


def test_a_loop_with_a_limit_does_not_stand_still() -> None:
    bounded = GIVE.replace("ret;", "ret, n = 0;").replace(
        "ret != RMI_BLOCKED)", "ret != RMI_BLOCKED || ++n > 200)"
    )
    attempt = one(bounded, "give", Scenario(behaviour="busy-for-ever"))
    assert attempt.outcome.kind == RETURNED and len(attempt.smcs) == 201
    assert not oracle.endless(attempt)


def test_a_limit_in_memory_counts_as_well() -> None:
    """The counter is in the caller's frame."""
    source = """
static int again(int *n)
{
	rmi_granule_range_delegate(0x1000, 0x2000);
	return ++*n < 100;
}
int f(void)
{
	int n = 0;
	while (again(&n))
		;
	return 0;
}
"""
    assert oracle.returned(one(source, "f")) == 0


@pytest.mark.parametrize(
    "body",
    [
        "for (;;) ;",
        "return f(x);",
        "char huge[1 << 30]; memset(huge, 1, sizeof(huge)); return huge[5];",
        "return 1UL << x << 70;",
        "while (x) rmi_granule_range_delegate(x++, 0);",
        "if (x & 1) f(x + 1); if (x & 2) f(x + 2); if (x & 4) f(x + 4); return f(x - 1);",
    ],
)
def test_hostile_code_ends(body: str) -> None:
    begun = time.process_time()
    world = world_of(f"int f(int x) {{ {body} }}")
    found = explore(world, function(world, "f"), Scenario(), Clock(0.5))
    assert time.process_time() - begun < 3
    assert found.attempts


# --- forks


def test_what_is_not_known_goes_both_ways() -> None:
    source = "int f(int x) { if (x == 3) return 1; if (x > 10) return 2; return 0; }"
    found = run(source, "f")
    assert not found.cut
    assert sorted(oracle.returned(a) or 0 for a in found.attempts) == [0, 1, 2]


def test_too_many_ways_are_cut() -> None:
    tests = " ".join(f"if (x & {1 << n}) y++;" for n in range(6))
    found = run(f"int f(int x) {{ int y = 0; {tests} return y; }}", "f")
    assert found.cut


# --- oracles


def test_a_page_is_freed_while_the_rmm_has_it() -> None:
    source = """
int f(void)
{
	unsigned long p = __get_free_page(GFP_KERNEL);
	unsigned long pa = virt_to_phys((void *)p);
	rmi_granule_range_delegate(pa, pa + 4096);
	free_page(p);
	return 0;
}
"""
    attempt = one(source, "f")
    assert "which the RMM has (DELEGATED)" in oracle.freed_while_delegated(attempt)
    assert "free_page() at t.c:7 frees 0x" in oracle.freed_while_delegated(attempt)
    back = "rmi_granule_range_undelegate(pa, pa + 4096);\n\tfree_page"
    assert not oracle.freed_while_delegated(one(source.replace("free_page", back), "f"))


def test_the_host_touches_what_the_rmm_has() -> None:
    source = """
int f(phys_addr_t phys)
{
	rmi_granule_range_delegate(phys, phys + 4096);
	return *(int *)phys_to_virt(phys);
}
"""
    attempt = one(source, "f")
    assert attempt.outcome.kind == FAULT
    assert "while the RMM has it" in oracle.crash(attempt)


def test_what_nobody_wrote() -> None:
    source = "int f(phys_addr_t p, unsigned long size) { int ret; if (size) ret = 0; return ret; }"
    assert not oracle.uninitialised(one(source, "f"), "ret")
    told = oracle.uninitialised(one(source, "f", Scenario(arguments="zero")), "ret")
    assert told.endswith("returns uninitialised local `ret`")
    assert not oracle.uninitialised(one(source, "f", Scenario(arguments="zero")), "other")


def test_memory_is_taken_back_that_was_not_given() -> None:
    source = """
int f(phys_addr_t phys)
{
	rmi_granule_range_delegate(phys, phys + 4096);
	if (rmi_granule_range_undelegate(phys + 4096, phys + 8192))
		return -EBUSY;
	return 0;
}
"""
    assert "that was never delegated; returns " in oracle.undelegates_foreign(one(source, "f"))
    right = source.replace("phys + 4096, phys + 8192", "phys, phys + 4096")
    assert not oracle.undelegates_foreign(one(right, "f"))


def test_success_after_a_failure() -> None:
    source = GIVE.replace("return -ENXIO", "return 0")
    refused = Scenario(answers=(Answer("RMI_GRANULE_RANGE_DELEGATE", 0, (1,)),))
    assert "returns 0" in oracle.success_after_failure(one(source, "give", refused))
    assert not oracle.success_after_failure(one(GIVE, "give", refused))


def test_a_run_that_cannot_go_on_says_where() -> None:
    attempt = one("int f(void)\n{\n\treturn nobody_knows_this(3);\n}", "f")
    assert attempt.outcome.kind == STOPPED
    assert "t.c:3" in oracle.ending(attempt) and "nobody_knows_this" in oracle.ending(attempt)


def test_the_clock_stops_a_run() -> None:
    world = world_of("int f(int x) { for (;;) x++; }")
    found = explore(world, function(world, "f"), Scenario(), Clock(0.05))
    assert [a.outcome.kind for a in found.attempts] == [STOPPED]
    assert "time" in found.problem
    assert isinstance(Stop("x"), Exception)

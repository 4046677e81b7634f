"""Rules with their scenarios, on a bad example and its good twin; what later fixes change."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import pytest

from linter.check import lint_files
from linter.follow import new_unit, new_world
from linter.witness import oracle
from linter.witness.explore import Attempt, Clock, explore
from linter.witness.kernel.linux import on_machine
from linter.witness.machine import MACHINES
from linter.witness.prove import WITNESS, Rulebook, Verdict, prove
from linter.witness.scenario import Answer, Scenario
from linter.witness.worlds import Worlds
from rules import registry

if TYPE_CHECKING:
    from pathlib import Path

    from linter.finding import Finding
    from linter.source.world import World


def run(code: str, name: str, scenario: Scenario) -> Attempt:
    """The one run of a function."""
    world = new_world()
    world.add(new_unit("shape.c", code, world))
    function = world.function(name)
    assert function is not None
    there: World = on_machine(world, MACHINES[scenario.machine])
    (attempt,) = explore(there, function, scenario, Clock(10)).attempts
    return attempt


# The line that a rule is about ends in `//!`; of the twins the first is bad.
STATUS = """
static int start_realm(struct kvm *kvm)
{
	int rc;

	if (!kvm->arch.realm.rd)
		return -EINVAL;

	rc = rmi_realm_activate(virt_to_phys(kvm->arch.realm.rd));
	return %s; //!
}
"""
OR_END = """
static void forget_shared(struct kvm *kvm, unsigned long start, unsigned long end)
{
	unsigned long rd = virt_to_phys(kvm->arch.realm.rd);
	unsigned long alias = BIT(kvm->arch.realm.ia_bits - 1);
	unsigned long next, range, count;

	start %s alias;
	end %s alias; //!

	while (start < end) {
		if (rmi_rtt_unprot_unmap(rd, start, end, 1, 0, &next, &range, &count))
			break;
		start = next;
	}
}
"""
WRAP = """
struct empty_request {
	__u64 base;
	__u64 size;
	__u32 reserved;
};

int realm_empty(struct kvm *kvm, struct empty_request *rq)
{
	unsigned long from = rq->base;
	unsigned long to = from + rq->size; //!
	unsigned long rd = virt_to_phys(kvm->arch.realm.rd);
	unsigned long next, range, count;

	if (rq->reserved || !IS_ALIGNED(from, PAGE_SIZE) || !IS_ALIGNED(to, PAGE_SIZE)%s)
		return -EINVAL;

	while (from < to) {
		if (rmi_rtt_data_unmap(rd, from, to, 1, 0, &next, &range, &count))
			return -ENXIO;
		from = next;
	}
	return 0;
}
"""
STALE = """
static int lend_page(phys_addr_t phys)
{
	unsigned long next;
	int err = 0;
	void *note = (void *)get_zeroed_page(GFP_KERNEL);

	if (!note)
		return -ENOMEM;

	if (rmi_granule_range_delegate(phys, phys + PAGE_SIZE, &next))%s
		goto out; //!
%s
	err = rmi_granule_range_undelegate(phys, phys + PAGE_SIZE, &next) ? -EIO : 0;
out:
	free_page((unsigned long)note);
	return err;
}
"""
WARN_LOOP = """
static void take_back(phys_addr_t phys, unsigned long size)
{
	unsigned long next;
	phys_addr_t at;

	for (at = phys; at < phys + size; at += PAGE_SIZE)
		if (%s(rmi_granule_range_undelegate(at, at + PAGE_SIZE, &next))) //!
			continue;
}
"""
MAP = """
#define RTT_LAST_LEVEL 3
#define RMI_RETURN_STATUS(x) ((x) & 0xff)
#define RMI_RETURN_INDEX(x) (((x) >> 8) & 0xff)

static int make_tables(unsigned long rd, unsigned long ipa, int level, int last)
{
	while (level++ < last) {
		phys_addr_t table = virt_to_phys((void *)__get_free_page(GFP_KERNEL));
		unsigned long span = 1UL << (12 + 9 * (4 - level));
		unsigned long next;

		if (rmi_granule_range_delegate(table, table + PAGE_SIZE, &next))
			return -ENXIO;
		if (rmi_rtt_create(rd, table, ALIGN_DOWN(ipa, span), level))
			return -ENXIO;
	}
	return 0;
}

int realm_map_range(struct kvm *kvm, unsigned long ipa, kvm_pfn_t pfn, unsigned long map_size)
{
	unsigned long rd = virt_to_phys(kvm->arch.realm.rd);
	phys_addr_t phys = __pfn_to_phys(pfn);
	unsigned long top = ipa + map_size;
	unsigned long piece = %s;
	unsigned long next;

	if (rmi_granule_range_delegate(phys, phys + map_size, &next))
		return 0;

	while (ipa < top) {
		int ret = rmi_rtt_data_map(rd, ipa, top, 1, phys | piece, &next);

		if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT) {
			int level = RMI_RETURN_INDEX(ret);

			%s //!
			if (make_tables(rd, ipa, level, %s))
				goto undo;
			%s
		}
		if (ret)
			goto undo;
		phys += next - ipa;
		ipa = next;
	}
	return 0;
undo:
	rmi_granule_range_undelegate(phys, phys + top - ipa, &next);
	return -ENXIO;
}
"""
PIECE = "map_size == SZ_2M ? 1 | 1 << 2 : 0 | 1 << 2"
AGAIN = "ret = rmi_rtt_data_map(rd, ipa, top, 1, phys | piece, &next);"
ONLY_LAST = "if (WARN_ON(level == RTT_LAST_LEVEL)) goto undo;"
BARE = "WARN_ON(level == RTT_LAST_LEVEL);"
LEAVES = "if (WARN_ON(level >= RTT_LAST_LEVEL)) goto undo;"
BEFORE = MAP % (PIECE, BARE, "RTT_LAST_LEVEL", AGAIN)
AFTER = MAP % (PIECE, LEAVES, "level + 1", "continue;")
TWINS = [
    ("status-or-errno", STATUS % "rc", STATUS % "rc ? -ENXIO : 0"),
    ("or-on-range-end", OR_END % ("|=", "|="), OR_END % ("+=", "+=")),
    ("unchecked-user-range", WRAP % "", WRAP % " || to < from"),
    ("stale-error-code", STALE % ("", ""), STALE % (" {\n\t\terr = -EIO;", "\t}")),
    ("warn-in-loop", WARN_LOOP % "WARN_ON", WARN_LOOP % "WARN_ON_ONCE"),
    ("exact-last-level", MAP % (PIECE, ONLY_LAST, "RTT_LAST_LEVEL", AGAIN), AFTER),
    ("warn-and-continue", BEFORE, AFTER),
]


def decided(finding: Finding, rule: str) -> Verdict:
    (folder,) = (r.folder for r in registry.load() if r.name == rule)
    return prove(finding, Worlds([]), Rulebook({rule: folder}), Clock(10))


def marked(code: str) -> int:
    return code[: code.index("//!")].count("\n") + 1


@pytest.mark.parametrize(("rule", "bad", "good"), TWINS, ids=[row[0] for row in TWINS])
def test_what_is_bad_has_a_witness_and_its_twin_has_none(
    tmp_path: Path, rule: str, bad: str, good: str
) -> None:
    rules = [r for r in registry.load() if r.name == rule]
    paths = {name: tmp_path / f"{name}.c" for name in ("bad", "good")}
    paths["bad"].write_text(bad)
    paths["good"].write_text(good)
    (finding,) = lint_files([str(paths["bad"])], rules).findings
    assert finding.line == marked(bad)
    verdict = decided(finding, rule)
    assert verdict.kind == WITNESS, verdict.text
    assert not lint_files([str(paths["good"])], rules).findings
    twin = copy(finding)  # as if the rule had said the same of the twin
    twin.path, twin.line = str(paths["good"]), marked(good)
    twin.end = (twin.line, finding.end[1])
    assert decided(twin, rule).kind != WITNESS


def test_a_range_that_ends_at_the_shared_bit() -> None:
    attempt = run(OR_END % ("+=", "+="), "forget_shared", Scenario(arguments="half"))
    assert len(attempt.smcs) == 1 and attempt.smcs[0].text == "RMI_RTT_UNPROT_UNMAP"
    attempt = run(OR_END % ("|=", "|="), "forget_shared", Scenario(arguments="half"))
    assert not attempt.smcs and attempt.outcome.kind == "returned"


# --- seed 000: the later fix

TRACKING = """
int check_tracking(phys_addr_t start, phys_addr_t end)
{
	unsigned long category, state, next, ret;

	while (start < end) {
		ret = rmi_granule_tracking_get(start, end, &category, &state, &next);
		if (ret != RMI_SUCCESS || state != RMI_TRACKING_FINE)
			return -ENODEV;
		if (category != RMI_MEM_CATEGORY_CONVENTIONAL)
			return -ENODEV;
		start = next;
	}

	return 0;
}
"""


@pytest.mark.parametrize("machine", ["qemu-sbsa", "control", "off-the-end"])
def test_the_range_form_runs_clean_on_every_machine(machine: str) -> None:
    attempt = run(TRACKING, "check_tracking", Scenario(machine, arguments="bank"))
    assert attempt.firmware.rmi == "2.0"
    base, size = MACHINES[machine].banks[0]
    assert [e.values["x"] for e in attempt.smcs] == [[base, base + size]]
    assert oracle.returned(attempt) == 0 and not oracle.outside(attempt)


def test_the_range_form_goes_on_where_the_rmm_stopped() -> None:
    """An RMM that tells of the first gigabyte only is asked for the rest."""
    half = 0x100_8000_0000
    answer = Answer("RMI_GRANULE_TRACKING_GET", 0, (0, 0, 2, half))
    attempt = run(TRACKING, "check_tracking", Scenario(arguments="bank", answers=(answer,)))
    top = 0x100_C000_0000
    assert [e.values["x"] for e in attempt.smcs] == [[0x100_4300_0000, top], [half, top]]
    assert oracle.returned(attempt) == 0


# --- seed 001: ERROR_RTT at the last level, and tables that a block did not need


def count(attempt: Attempt, command: str) -> int:
    return sum(e.text == command and not oracle.failed(e) for e in attempt.smcs)


def test_at_the_last_level_the_loop_goes_on_or_bails_out() -> None:
    last = Scenario(answers=(Answer("RMI_RTT_DATA_MAP", 0, (0x304,)),))
    before, after = (run(code, "realm_map_range", last) for code in (BEFORE, AFTER))
    for attempt in (before, after):
        warned = next(e.text for e in attempt.events if e.kind == "warn")
        assert warned.startswith("WARN_ON(level ")
        assert oracle.returned(attempt) == -6  # -ENXIO
    commands = [e.text for e in before.smcs]
    assert commands.count("RMI_RTT_DATA_MAP") == 2  # no table was made, and it asks again
    commands = [e.text for e in after.smcs]
    assert commands == [
        "RMI_GRANULE_RANGE_DELEGATE", "RMI_RTT_DATA_MAP", "RMI_GRANULE_RANGE_UNDELEGATE"
    ]  # fmt: skip


def test_without_the_change_a_block_is_lost() -> None:
    """2 MiB, no tables: the map needs one, of level 2.  BEFORE makes level 3 as well, and no
    block goes where a table is.
    """
    block = Scenario(arguments="block")
    before, after = (run(code, "realm_map_range", block) for code in (BEFORE, AFTER))
    assert (count(before, "RMI_RTT_CREATE"), count(after, "RMI_RTT_CREATE")) == (2, 1)
    assert oracle.returned(after) == 0 and count(after, "RMI_RTT_DATA_MAP") == 1
    asked = [oracle.status(e) for e in before.smcs if e.text == "RMI_RTT_DATA_MAP"]
    assert asked == [0x104, 0x204] and oracle.returned(before) == -6

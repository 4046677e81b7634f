"""What findings say: the line they stand on, what they name, which other places they give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from linter.check import lint_files, lint_mails
from linter.intake.mail import read_path
from rules.registry import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.finding import Finding

Lint: TypeAlias = "Callable[[str, str], list[Finding]]"
RULES = {rule.name: rule for rule in load()}


@pytest.fixture
def found(tmp_path: Path) -> Lint:
    """Lints a file with one rule."""

    def lint(rule: str, source: str) -> list[Finding]:
        path = tmp_path / "rmi.c"
        path.write_text(source)
        return lint_files([str(path)], [RULES[rule]]).findings

    return lint


def test_a_repeated_check_is_told_at_the_if(found: Lint) -> None:
    check = "\tif (vcpu_is_rec(v) && other(v) == 1)\n\t\treturn -EINVAL;\n"
    source = f"int rmi_f(struct vcpu *v)\n{{\n{check}\tstep();\n\t/*\n\t * Why.\n\t */\n{check}"
    (finding,) = found("check-repeated", f"{source}\treturn 0;\n}}\n")
    assert finding.line == 9
    assert [place.line for place in finding.related] == [3, 7]
    assert "in line 3 of rmi_f()" in finding.message


def hunk(start: int, body: str) -> str:
    lines = "".join(f"+{line}\n" for line in body.splitlines())
    rows = len(body.splitlines())
    context = " \tstep();\n \tstep();\n \tstep();\n"
    return (
        "--- a/arch/arm64/kvm/mmu.c\n+++ b/arch/arm64/kvm/mmu.c\n"
        f"@@ -{start},6 +{start},{rows + 6} @@ int rmi_f(struct vcpu *v)\n{context}{lines}{context}"
    )


def mail(index: int, diff: str) -> str:
    return (
        "From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A <a@example.org>\n"
        f"Subject: [PATCH {index}/2] kvm: rmi: step {index}\nMessage-ID: <{index}@x>\n\n"
        f"About RMI.\n---\ndiff --git a/arch/arm64/kvm/mmu.c b/arch/arm64/kvm/mmu.c\n{diff}"
        "-- \n2.0\n\n"
    )


def test_a_line_of_another_patch_is_not_named(tmp_path: Path) -> None:
    check = "\tif (vcpu_is_rec(v) && other(v) == RMI_X)\n\t\treturn -EINVAL;"
    path = tmp_path / "s.mbox"
    path.write_text(mail(1, hunk(20, check)) + mail(2, hunk(40, check)))
    (finding,) = lint_mails(read_path(str(path)), [RULES["check-repeated"]], None).findings
    assert (finding.line, finding.related) == (43, ())
    assert "in rmi_f() since patch 1/2 already" in finding.message


def test_every_call_that_writes_the_cursor_is_named(found: Lint) -> None:
    source = """
int f(phys_addr_t rd, u64 at, u64 end, bool init)
{
	while (at < end) {
		u64 next;
		int ret;

		if (init)
			ret = rmi_rtt_init_ripas(rd, at, end, &next);
		else
			ret = rmi_rtt_set_ripas(rd, at, end, &next);
		if (ret)
			return -ENXIO;
		at = next;
	}
	return 0;
}
"""
    (finding,) = found("no-progress", source)
    assert "what rmi_rtt_init_ripas() or rmi_rtt_set_ripas() left" in finding.message
    assert [place.line for place in finding.related] == [9, 11]


def test_the_errno_comes_from_another_line(found: Lint) -> None:
    source = """
static int make_tables(phys_addr_t rd)
{
	return rmi_rtt_create(rd) ? -ENOMEM : 0;
}

int fill(phys_addr_t rd, phys_addr_t pa)
{
	int ret = rmi_rtt_data_map_init(rd, pa);

	if (ret == RMI_ERROR_RTT) {
		ret = make_tables(rd);
		if (!ret)
			ret = rmi_rtt_data_map_init(rd, pa);
	}
	return ret;
}
"""
    for finding in found("status-or-errno", source):
        assert [place.line for place in finding.related] == [12]
        break
    else:
        pytest.fail("nothing found")


def test_a_warn_that_stands_alone_is_only_told_what_is_new(found: Lint) -> None:
    source = """
int grow(phys_addr_t rd, u64 at)
{
	int ret = rmi_rtt_create(rd, at);
	int level = RMI_RETURN_INDEX(ret);

	WARN_ON(level == RMM_RTT_MAX_LEVEL);
	return rmi_rtt_fold(rd, at, level + 1);
}
"""
    (finding,) = found("exact-last-level", source)
    assert finding.message == (
        "WARN_ON() does not see a `level` above RMM_RTT_MAX_LEVEL: compare with >="
    )
    assert [place.line for place in finding.related] == [5]


def test_calls_of_one_function_are_one_finding(tmp_path: Path) -> None:
    call = "\trealm_psci_complete(v, w, DENIED);"
    diff = hunk(20, call) + hunk(60, call).partition("+++ b/arch/arm64/kvm/mmu.c\n")[2]
    path = tmp_path / "s.mbox"
    path.write_text(mail(1, diff))
    (finding,) = lint_mails(read_path(str(path)), [RULES["ignored-psci-complete"]], None).findings
    assert [place.text for place in finding.related] == ["and here"]

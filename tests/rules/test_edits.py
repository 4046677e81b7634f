"""What a rule says mends its findings does, in every example of every rule.

The edits are applied by git, as a diff, and the file is linted again by all rules:
the findings are gone, no other has come, and the file still parses.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from linter.check import lint_files
from linter.finding import Report
from linter.mend import mend_files
from rules.registry import load

ROOT = Path(__file__).resolve().parents[2]
RULES = load()
EXAMPLES = sorted((ROOT / "rules").glob("*/examples/bad_*.c"))


def kinds(report: Report) -> Counter[tuple[str, str]]:
    return Counter((f.rule, f.function) for f in report.findings)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_edits_mend(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = Path(path.name)
    example.write_bytes(path.read_bytes())
    before = lint_files([path.name], RULES)
    mendable = [f for f in before.findings if f.edits]
    mended = mend_files(before.findings)
    assert bool(mended.diff) == bool(mendable)
    if not mendable:
        return
    assert mended.number == len(mendable), mended.notes
    apply(mended.diff, tmp_path)
    after = lint_files([path.name], RULES)
    gone = Counter((f.rule, f.function) for f in mendable)
    assert not kinds(after) - (kinds(before) - gone), [f.message for f in after.findings]
    assert not after.notes, "it must parse from end to end"


def apply(diff: str, tree: Path) -> None:
    done = subprocess.run(
        ["git", "apply", "--whitespace=error", "-"],
        input=diff.encode("utf-8", "surrogateescape"),
        cwd=tree,
        capture_output=True,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)},
    )
    assert done.returncode == 0, f"{done.stderr.decode()}\n{diff}"


# (findings, those of them with edits): where there must be some, and where none may be
SURE = {
    "compared-with-index/bad_register.c": (1, 1),
    "compared-with-index/bad_result.c": (1, 1),
    "dead-code/bad_behind_break.c": (1, 1),
    "dead-code/bad_page_size.c": (1, 0),
    "declaration-after-label/bad_case.c": (1, 1),
    "declaration-after-label/bad_goto_label.c": (1, 1),
    "declaration-after-label/bad_used_behind.c": (1, 0),
    "exact-last-level/bad_bug_on.c": (1, 1),
    "exact-last-level/bad_left.c": (2, 2),
    "exact-last-level/bad_test.c": (2, 2),
    "late-cleanup-variable/bad_one_assignment.c": (1, 1),
    "late-cleanup-variable/bad_two_lines.c": (1, 1),
    "late-cleanup-variable/bad_with_goto.c": (1, 0),
    "misspelt-macro/bad_letters.c": (2, 2),
    "misspelt-macro/bad_underscore.c": (1, 1),
    "open-coded-field/bad_displaced.c": (1, 0),
    "open-coded-field/bad_function.c": (1, 1),
    "open-coded-field/bad_macros_in_use.c": (3, 2),
    "or-on-range-end/bad_both_ends.c": (1, 0),
    "unaccounted-vm-page/bad_delegated.c": (1, 1),
    "unaccounted-vm-page/bad_member.c": (1, 1),
    "uninitialised-on-path/bad_empty_range.c": (1, 1),
    "uninitialised-on-path/bad_never_set.c": (1, 0),
    "unused-macro/bad_alias.c": (1, 1),
    "unused-macro/bad_number.c": (1, 0),
    "warn-in-loop/bad_goes_on.c": (1, 1),
    "warn-in-loop/bad_two_in_one.c": (1, 1),
    "warn-then-if/bad_error.c": (1, 1),
    "warn-then-if/bad_spelling.c": (1, 1),
}


@pytest.mark.parametrize("example", SURE)
def test_edits_where_they_are_sure(example: str) -> None:
    rule, _, name = example.partition("/")
    report = lint_files([str(ROOT / "rules" / rule / "examples" / name)], RULES)
    found = [f for f in report.findings if f.rule == rule]
    assert (len(found), sum(bool(f.edits) for f in found)) == SURE[example]


def test_a_rule_mends_something() -> None:
    """Else every test above would pass."""
    path = ROOT / "rules/out-value-on-error/examples/bad_in_a_message.c"
    (finding,) = (f for f in lint_files([str(path)], RULES).findings if f.edits)
    assert finding.edits[0].text == "limit = 0"

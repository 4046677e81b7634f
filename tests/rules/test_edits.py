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


def test_a_rule_mends_something() -> None:
    """Else every test above would pass."""
    path = ROOT / "rules/out-value-on-error/examples/bad_in_a_message.c"
    (finding,) = (f for f in lint_files([str(path)], RULES).findings if f.edits)
    assert finding.edits[0].text == "limit = 0"

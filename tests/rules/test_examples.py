"""Every rule against its own examples, and what a rule's folder must hold.

How examples are marked, and how they are compared: `linter.examples`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linter.examples import differences
from linter.intake.mail import read_path
from rules.registry import Rule, load

ROOT = Path(__file__).resolve().parents[2]
RULES = {rule.name: rule for rule in load()}
OURS = [rule for rule in RULES.values() if Path(rule.folder).parent == ROOT / "rules"]
EXAMPLES = sorted((ROOT / "rules").glob("*/examples/*.c"))
MARK = re.compile(r"/\* expect: \S+(?: (?:error|warning|info))? \*/")
HEADINGS = (
    "What it catches",
    "Why it hurts",
    "Evidence",
    "How to fix",
    "What it does not catch",
)
IN_A_TRACE = "In a trace"  # of a rule with a watcher, before the last one


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_findings_stand_on_the_marked_lines(path: Path) -> None:
    assert list(differences(RULES[path.parent.parent.name], path)) == []


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_rule_is_shown_from_both_sides(rule: Rule) -> None:
    names = [path.name for path in Path(rule.folder, "examples").glob("*.c")]
    bad = {name.removeprefix("bad_") for name in names if name.startswith("bad_")}
    good = {name.removeprefix("good_") for name in names if name.startswith("good_")}
    assert len(bad) >= 2, f"{rule.folder}/examples needs two bad_*.c or more"
    assert len(good) >= 2, f"{rule.folder}/examples needs two good_*.c or more"
    assert bad & good, "no bad example has a twin that shows the fix"


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_how(rule: Rule) -> None:
    for name in ("title", "why", "fix", "evidence", "catalogue", "words"):
        assert getattr(rule, name), f"{rule.folder}/rule.py: {name.upper()} is empty"
    assert all(group and all(group) for group in rule.words)


def _headings(rule: Rule) -> tuple[str, ...]:
    watches = Path(rule.folder, "watch.py").exists()
    return (*HEADINGS[:-1], IN_A_TRACE, HEADINGS[-1]) if watches else HEADINGS


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_readme_can_be_printed(rule: Rule) -> None:
    path = Path(rule.folder, "README.md")
    assert path.is_file(), f"{path} is missing: it is what --explain prints"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {rule.name}"
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert headings == list(_headings(rule))
    assert [line for line in lines if len(line.expandtabs(8)) > 78] == []
    for at, line in enumerate(lines):
        if line.startswith("## "):
            rest = lines[at + 1 :]
            section = rest[: next((n for n, x in enumerate(rest) if x.startswith("## ")), None)]
            assert any(section), f"nothing below {line!r}"
    assert rule.readme().startswith(lines[0])


def test_every_family_is_here() -> None:
    """An empty list would make every test above pass."""
    assert len(OURS) >= 12
    assert {path.parent.parent.name for path in EXAMPLES} == {rule.name for rule in OURS}


@pytest.fixture(scope="module")
def posted(shared: Path) -> set[str]:
    """Every line of the real mails that is long enough to be recognised."""
    lines: set[str] = set()
    for mbox in sorted((shared / "corpus").glob("*.mbox")):
        for mail in read_path(str(mbox)):
            lines.update(bare(line) for line in mail.body.splitlines())
    return {line for line in lines if len(line) >= 30}


def bare(line: str) -> str:
    """A line without diff and quote marks, without our mark, white space folded."""
    return " ".join(MARK.sub("", line).lstrip("+-> ").rstrip("\\ ").split())


def test_no_example_is_text_of_the_kernel(posted: set[str]) -> None:
    assert len(posted) > 10_000
    copied = [
        f"{name_of(path)}: {line}"
        for path in [*EXAMPLES, *(Path(rule.folder, "README.md") for rule in OURS)]
        for line in map(bare, path.read_text(encoding="utf-8").splitlines())
        if line in posted
    ]
    assert copied == []

"""Every rule against its own examples, and what a rule's folder must hold.

A line that a rule must report carries `/* expect: rule-name */`, with a severity
behind the name where it is not the rule's own.  Nothing else may be reported.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from linter.check import lint_files
from linter.intake.mail import read_path
from rules.registry import Rule, load

ROOT = Path(__file__).resolve().parents[2]
RULES = {rule.name: rule for rule in load()}
OURS = [rule for rule in RULES.values() if Path(rule.folder).parent == ROOT / "rules"]
EXAMPLES = sorted((ROOT / "rules").glob("*/examples/*.c"))
MARK = re.compile(r"/\* expect: (?P<rule>\S+)(?: (?P<severity>error|warning|info))? \*/")
SLIP = re.compile(r"\*\s*expect|expect\w*\s*:")
HEADINGS = (
    "What it catches",
    "Why it hurts",
    "Evidence",
    "How to fix",
    "What it does not catch",
)
IN_A_TRACE = "In a trace"  # of a rule with a watcher, before the last one


COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def blank(comment: re.Match[str]) -> str:
    """Blanks in its place, so that every line keeps its number."""
    return "".join("\n" if c == "\n" else " " for c in comment[0])


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


def marks(path: Path) -> list[tuple[int, str, str]]:
    """(line, rule, severity) of every mark in a file."""
    found = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        # a mark with a slip in it would otherwise expect nothing
        assert len(SLIP.findall(line)) == len(MARK.findall(line)), f"{path}:{number}: odd mark"
        for mark in MARK.finditer(line):
            severity = mark["severity"] or RULES[mark["rule"]].severity
            found.append((number, mark["rule"], severity))
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_findings_stand_on_the_marked_lines(path: Path, tmp_path: Path) -> None:
    rule = RULES[path.parent.parent.name]
    # without what we say of it: a mark or a comment must not hold the rule's words for the code
    bare_code = tmp_path / path.name
    bare_code.write_text(COMMENT.sub(blank, path.read_text(encoding="ascii")), encoding="ascii")
    report = lint_files([str(bare_code)], [rule])
    found = Counter((f.line, f.rule, f.severity) for f in report.findings)
    assert found == Counter(marks(path)), [f"{f.line}: {f.message}" for f in report.findings]
    assert not report.notes, "an example must be readable from end to end"


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_the_name_says_what_is_marked(path: Path) -> None:
    kind = path.name.partition("_")[0]
    assert kind in ("bad", "good")
    expected = marks(path)
    assert bool(expected) == (kind == "bad")
    assert {rule for _, rule, _ in expected} <= {path.parent.parent.name}


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_rule_is_shown_from_both_sides(rule: Rule) -> None:
    names = [path.name for path in Path(rule.folder, "examples").glob("*.c")]
    bad = {name.removeprefix("bad_") for name in names if name.startswith("bad_")}
    good = {name.removeprefix("good_") for name in names if name.startswith("good_")}
    assert len(bad) >= 2
    assert len(good) >= 2
    assert bad & good, "no bad example has a twin that shows the fix"


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_how(rule: Rule) -> None:
    assert rule.title
    assert rule.why
    assert rule.fix
    assert rule.evidence
    assert rule.catalogue
    assert rule.words
    assert all(group and all(group) for group in rule.words)


def _headings(rule: Rule) -> tuple[str, ...]:
    watches = Path(rule.folder, "watch.py").exists()
    return (*HEADINGS[:-1], IN_A_TRACE, HEADINGS[-1]) if watches else HEADINGS


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_readme_can_be_printed(rule: Rule) -> None:
    lines = Path(rule.folder, "README.md").read_text(encoding="utf-8").splitlines()
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

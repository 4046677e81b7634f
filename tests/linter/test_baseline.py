"""A list of known findings: what is written, read, held back and stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.baseline import Baseline, BaselineError, Entry, read, render, suppress
from linter.finding import WARNING, Finding, Report


def finding(fingerprint: str, path: str = "k/a.c", function: str = "f", line: int = 3) -> Finding:
    made = Finding("some-rule", WARNING, path, line, 1, (line, 2), "it is wrong")
    made.fingerprint, made.function = fingerprint, function
    return made


def report(*findings: Finding) -> Report:
    made = Report()
    made.findings = [*findings]
    return made


A, B, C = ("a" * 16, "b" * 16, "c" * 16)


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_one_line_a_finding_by_place() -> None:
    found = [finding(A, "k/b.c"), finding(C, function="g"), finding(B, function="f")]
    assert rows(render(found)) == [
        f"{B}\tsome-rule\tk/a.c\tf\tit is wrong",
        f"{C}\tsome-rule\tk/a.c\tg\tit is wrong",
        f"{A}\tsome-rule\tk/b.c\tf\tit is wrong",
    ]
    assert render([]).startswith("#")
    assert rows(render([])) == []


def test_lines_and_order_of_patches_change_nothing() -> None:
    found = [finding(A), finding(B)]
    moved = [finding(B, line=90), finding(A, line=7), finding(A, line=8)]
    assert render(found) == render(moved)


def test_a_patch_cannot_forge_a_line(tmp_path: Path) -> None:
    hostile = finding(A, path=f"a.c\n{B}\tsome-rule", function="f\t\x1b[2J\udcff")
    (tmp_path / "b").write_text(render([hostile]))
    assert [entry.fingerprint for entry in read(str(tmp_path / "b")).entries] == [A]
    assert "\x1b" not in render([hostile])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b"
    path.write_text("\n# ours\n" + render([finding(A)]) + f"{B}\n  {C} other-rule\n")
    assert read(str(path)) == Baseline(
        str(path),
        [
            Entry(5, A, "some-rule", "some-rule k/a.c f it is wrong"),
            Entry(6, B, "", ""),
            Entry(7, C, "other-rule", "other-rule"),
        ],
    )


@pytest.mark.parametrize("line", ["some-rule", A[1:], f"{A}x", A.upper(), '{"format": 1}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "b"
    path.write_text(f"{B}\n{line}\n")
    with pytest.raises(BaselineError, match=r"b:2: .* is no fingerprint"):
        read(str(path))


def entries(*fingerprints: str, rule: str = "some-rule") -> Baseline:
    lines = enumerate(fingerprints, 1)
    return Baseline("known", [Entry(n, f, rule, f"{rule} text") for n, f in lines])


def test_known_findings_are_held_back_and_counted() -> None:
    made = report(finding(A), finding(B), finding(A, path="other.c"))
    suppress(made, entries(A), {"some-rule"})
    assert [f.fingerprint for f in made.findings] == [B]
    assert (made.suppressed, made.notes) == (2, [])


def test_entries_that_match_nothing_are_told() -> None:
    for every, said in (
        (
            True,
            [
                ("known", 2, "matches nothing: some-rule text"),
                ("known", 3, "matches nothing: some-rule text"),
            ],
        ),
        (False, [("known", 0, "2 entries match nothing; -v names them")]),
    ):
        made = report(finding(A))
        suppress(made, entries(A, B, C), {"some-rule"}, every)
        assert [tuple(note) for note in made.notes] == said
    made = report()
    suppress(made, entries(A), {"some-rule"})
    assert made.notes[0].text == "1 entry matches nothing; -v names them"


def test_a_rule_that_did_not_run_leaves_no_stale_entry() -> None:
    made = report(finding(A))
    suppress(made, entries(A, B), {"other-rule"}, True)
    assert (made.findings, made.notes) == ([], [])

"""The main measure: what reviewers raised fires, what was fixed or fine is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import labels


@pytest.mark.parametrize("expect", ["fires", "silent"])
def test_versions(shared: Path, expect: str) -> None:
    """Every function and version of the table, but for one reader's own rows (`O`)."""
    rows = [r for r in labels.version_rows(shared) if r.expect == expect and r.label[0] != "O"]
    assert len(rows) >= {"fires": 82, "silent": 154}[expect]
    assert [r for r in rows if not r.good] == []


def test_own_rows_do_not_drop(shared: Path) -> None:
    """Rows of one reader alone: those that do not agree are about later code.

    A-L12: the wrapper that writes its out-value only on success is that of v16;
    in v4 to v13 it always writes.  A-L03: the function first exists in v17.
    """
    rows = [r for r in labels.version_rows(shared) if r.label[0] == "O"]
    assert {r.hazard for r in rows if not r.good} <= {"A-L03", "A-L12"}


@pytest.mark.parametrize(
    ("files", "ast", "number"),
    [("yes", {"yes"}, 48), ("yes", {"partly"}, 9), ("no", {"yes", "partly", "no"}, 22)],
)
def test_upheld_labels_are_hit(shared: Path, files: str, ast: set[str], number: int) -> None:
    """In files that the series creates, and in those of which it shows only hunks."""
    rows = labels.label_rows(shared, files=files)
    rows = [r for r in rows if r["score"] == "pos" and r["ast"] in ast]
    assert len(rows) >= number
    assert [(r["hazard"], r["version"], r["patch"]) for r in rows if r["hit"] == "no"] == []


def test_declined_labels_are_not(shared: Path) -> None:
    hits = [r for r in labels.label_rows(shared) if r["score"] == "neg" and r["hit"] == "yes"]
    assert hits == []


def test_look_alikes_stay_below_info(shared: Path) -> None:
    hits = labels.look_alike_hits(shared)
    assert [(row["id"], row["version"], found.line) for row, found in hits] == []

"""The index of the rules: current, and believed only for the text it was made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rules import _index, index
from rules.registry import Rule, load

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_current() -> None:
    current = (ROOT / "rules/_index.py").read_text() == index.text()
    assert current, "run python -m rules.index"


def test_it_says_what_the_rules_say() -> None:
    for rule in load():
        whole = Rule(rule.folder)
        assert (rule.severity, rule.needs, rule.default) == (
            whole.severity,
            whole.needs,
            whole.default,
        )
        assert [(type(group), group) for group in rule.words] == [
            (type(group), group) for group in whole.words
        ]


def test_a_rule_that_was_edited_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    name, (_, entry) = next(iter(_index.ENTRIES.items()))
    assert index.entry(name, str(ROOT / "rules" / name)) == entry
    monkeypatch.setitem(_index.ENTRIES, name, (0, ("info", "line", False, ())))
    assert index.entry(name, str(ROOT / "rules" / name)) is None
    (rule,) = [rule for rule in load() if rule.name == name]
    assert (rule.severity, rule.needs, rule.default, rule.words) == entry


def test_loading_the_rules_runs_none_of_them() -> None:
    code = "import sys\nfrom rules.registry import load\nload()\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = run.stdout.split()
    assert "rules._index" in names
    assert not [n for n in names if n.startswith(("rules._loaded_", "linter.source"))]

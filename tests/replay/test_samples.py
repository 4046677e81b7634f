"""traces/samples: what the traces hold, and that the stories beside them are what is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.make_samples import SAMPLES, STORIES
from tests.replay.stories import render, verdicts

TRACES = sorted(SAMPLES.glob("*.jsonl"))
names = pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)

# The one fault that was put into a sample: (trace, line).
PLANTED = {("planted-1.0", 27)}


def test_there_is_a_trace_for_each_story_and_a_line_on_it() -> None:
    assert [path.stem for path in TRACES] == sorted(STORIES)
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for name in STORIES:
        assert f"`{name}`" in readme


@names
def test_the_trace_is_what_its_script_says(path: Path) -> None:
    assert path.read_bytes() == STORIES[path.stem]().text()


@names
def test_every_result_is_permitted_but_the_planted_one(path: Path) -> None:
    result = verdicts(path)
    assert result.complete
    assert result.verdicts["unknown"] == result.verdicts["assumed"] == 0
    found = {(path.stem, v.line) for group in result.violations for v in group.full}
    assert found == {(name, line) for name, line in PLANTED if name == path.stem}


@names
def test_the_story_beside_it_is_what_is_judged(path: Path) -> None:
    """After a change: `python -m tests.replay.stories`, and read the difference."""
    assert path.with_suffix(".txt").read_text(encoding="utf-8") == render(path)

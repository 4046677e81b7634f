"""Writes rules/*/examples/*.jsonl: run it as `python -m tests.rules.make_traces`.

What comes back from each call is put down by hand, as in tests.replay.make_samples; that
all of it is permitted, the tests ask the model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.replay.make_samples import Script
from tests.rules import (
    traces_of_calls,
    traces_of_lives,
    traces_of_requests,
    traces_of_rollbacks,
)

RULES = Path(__file__).resolve().parents[2] / "rules"

# "rule/name of the example" -> what makes it.
STORIES: dict[str, Callable[[], Script]] = {
    **traces_of_calls.STORIES,
    **traces_of_lives.STORIES,
    **traces_of_requests.STORIES,
    **traces_of_rollbacks.STORIES,
}


def path(story: str) -> Path:
    rule, _, name = story.partition("/")
    return RULES / rule / "examples" / f"{name}.jsonl"


def main() -> int:
    for story, make in STORIES.items():
        path(story).write_bytes(make().text())
    return 0


if __name__ == "__main__":
    sys.exit(main())

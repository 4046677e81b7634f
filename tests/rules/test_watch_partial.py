"""Watchers that need every call say nothing where the trace leaves calls out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from replay.rmm.model import Rmm
from tests.replay.make_samples import Script
from tests.rules import traces_of_lives, traces_of_requests, traces_of_rollbacks
from tests.rules.watched import fired

STORIES = traces_of_lives.STORIES | traces_of_requests.STORIES | traces_of_rollbacks.STORIES
BAD = [name for name in STORIES if "/bad_" in name]


@pytest.mark.parametrize("name", BAD)
def test_nothing_is_said_where_calls_may_be_missing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make: Callable[[], Script] = STORIES[name]
    rule = name.partition("/")[0]
    assert fired(make(), rule)
    monkeypatch.setattr(Rmm, "partial", True)
    assert not fired(make(), rule)

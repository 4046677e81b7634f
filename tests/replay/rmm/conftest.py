"""The machine that tests of tables and ranges under RMM 2.0 begin with."""

from __future__ import annotations

import pytest

from tests.replay.rmm.world_2_0 import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rd(world: World) -> int:
    """A realm with tables of pages: see World.realm_with_pages."""
    return world.realm_with_pages()

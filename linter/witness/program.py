"""What all runs over one world share: its index, and the macro expansions parsed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from linter.source.world import World
from linter.witness.expand import Snippets
from linter.witness.index import Index

if TYPE_CHECKING:
    from linter.source.unit import Unit


class Program:
    """A world with the kernel's prelude behind it: what the series declares comes first."""

    def __init__(self, world: World, prelude: Unit | None) -> None:
        self.prelude = prelude
        self.size = len(world.units)
        self.world = World()
        for unit in world.units:
            self.world.add(unit)
        if prelude is not None:
            self.world.add(prelude)
        self.index = Index(self.world)
        self.snippets = Snippets(self.world, self.index)


_KNOWN: WeakKeyDictionary[World, Program] = WeakKeyDictionary()


def of_world(world: World, prelude: Unit | None) -> Program:
    """The program of a world; made again when the world has grown."""
    found = _KNOWN.get(world)
    if found is None or found.size != len(world.units) or found.prelude is not prelude:
        found = _KNOWN[world] = Program(world, prelude)
    return found

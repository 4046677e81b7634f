"""What all runs over one world share: its index, and the macro expansions parsed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from linter.source.world import World
from linter.witness.expand import Snippets
from linter.witness.index import Index

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.declarations import Define
    from linter.source.unit import Unit


class Finished(World):
    """A world to which nothing is added any more: every question is looked up once."""

    def __init__(self) -> None:
        super().__init__()
        self._defines: dict[str, tuple[Unit, Define] | None] = {}
        self._structs: dict[str, tuple[Unit, Node] | None] = {}

    def define(self, name: str) -> tuple[Unit, Define] | None:
        if name not in self._defines:
            self._defines[name] = super().define(name)
        return self._defines[name]

    def struct(self, tag: str) -> tuple[Unit, Node] | None:
        if tag not in self._structs:
            self._structs[tag] = super().struct(tag)
        return self._structs[tag]


class Program:
    """A world with the kernel's prelude behind it: what the series declares comes first."""

    def __init__(self, world: World, prelude: Unit | None) -> None:
        self.prelude = prelude
        self.size = len(world.units)
        self.world = Finished()
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

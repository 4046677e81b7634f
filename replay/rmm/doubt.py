"""What is not known of an RMM whose trace leaves calls out.

Of a complete trace the model knows all that the RMM knows.  Of others it holds only
what is certain; whatever depends on the rest raises Open, and the condition that
asked is then neither true nor false (see `replay.partial`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from replay.rmm.realm import Realm
from replay.rmm.rec import Rec
from replay.rmm.unknown import Open, Unknown
from replay.rmm.values import GRANULE_NAME

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def _open(*_: object) -> NoReturn:
    raise Open("the captured calls do not tell")


class _Anything:
    """Stands for a thing of which nothing is known: whoever asks it anything gets Open."""

    __slots__ = ()

    __getattr__ = _open
    __setattr__ = _open
    __delattr__ = _open

    def __reduce__(self) -> str:
        return "OPEN"


for _name in (
    *("bool", "int", "index", "hash", "len", "iter", "contains", "eq", "ne"),
    *("getitem", "setitem", "delitem"),
    *("lt", "le", "gt", "ge", "add", "radd", "sub", "rsub", "and", "rand", "or", "ror"),
    *("lshift", "rlshift", "rshift", "rrshift", "mod", "rmod", "floordiv", "mul", "rmul", "neg"),
):
    setattr(_Anything, f"__{_name}__", _open)

OPEN: Final[Any] = _Anything()


class States(_Anything):
    """One of several states, as a set of bits; equal to another only if that can be said."""

    __slots__ = ("mask",)
    mask: int

    def __init__(self, mask: int) -> None:
        object.__setattr__(self, "mask", mask)

    def names(self) -> list[str]:
        """The states, as reports name them."""
        return [name for s, name in enumerate(GRANULE_NAME) if self.mask >> s & 1]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int) and not self.mask >> other & 1:
            return False
        _open()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        _open()

    def __reduce__(self) -> Any:
        return States, (self.mask,)


def states(mask: int) -> Any:
    """The state that a set of bits leaves, or the States that are possible."""
    return mask.bit_length() - 1 if not mask & (mask - 1) else States(mask)


T = TypeVar("T")


class Objects(dict[int, T]):
    """Realms, RECs or tables by the address of their granule.

    Whether there is one at an address is what the granule's state says; one of which
    nothing is known is made by `make` when it is asked for.  Iterating gives those that
    are known, which `Rmm.every` does not take for all.
    """

    def __init__(self, m: Rmm, state: int, make: Callable[[int], T]) -> None:
        super().__init__()
        self._m = m
        self._state = state
        self._make = make

    def get(self, addr: int, default: Any = None) -> Any:
        """The object; Open where it is not known whether there is one."""
        if self._m.gstate(addr) != self._state:
            return default
        thing = super().get(addr)
        if thing is None:
            thing = self[addr] = self._make(addr)
        return thing

    def __contains__(self, addr: object) -> bool:
        return isinstance(addr, int) and bool(self._m.gstate(addr) == self._state)

    def __getitem__(self, addr: int) -> T:
        thing = self.get(addr)
        if thing is None:
            raise KeyError(addr)
        found: T = thing
        return found

    def known(self, addr: int) -> T | None:
        """The object that was at `addr` when something was last known of it."""
        return super().get(addr)


class OpenRealm(Realm):
    """A realm of which not all is known: an attribute that is not set is Open."""

    __slots__ = ()
    __getattr__ = _open


class OpenRec(Rec):
    """A REC of which not all is known."""

    __slots__ = ()
    __getattr__ = _open


_OPENED: Final[dict[type, type]] = {Realm: OpenRealm, Rec: OpenRec}


def blank(kind: type[T]) -> T:
    """A realm or a REC of which nothing is known."""
    made: T = object.__new__(_OPENED[kind])
    return made


def opened(thing: T) -> T:
    """The same realm or REC, now one of which things can be forgotten."""
    thing.__class__ = _OPENED.get(type(thing), type(thing))
    return thing


def forget(thing: object, *names: str) -> None:
    """Let attributes be Open, whether they were set or not."""
    for name in names:
        if name in _slots(type(thing)):
            try:
                delattr(thing, name)
            except AttributeError:
                continue


def known_of(thing: object, name: str) -> Any:
    """An attribute; None where it is not known, or there is no such thing."""
    try:
        return None if thing is None else getattr(thing, name)
    except Unknown:
        return None


_SLOTS: dict[type, frozenset[str]] = {}


def _slots(kind: type) -> frozenset[str]:
    """The attributes that objects of a class may have."""
    if kind not in _SLOTS:
        own = (getattr(base, "__slots__", ()) for base in kind.__mro__)
        _SLOTS[kind] = frozenset(name for names in own for name in names)
    return _SLOTS[kind]

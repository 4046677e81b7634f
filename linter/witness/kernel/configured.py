"""A file as one configuration compiles it: what `#if CONFIG_...` leaves out is blanked.

Offsets and lines stay.  A group is decided only if every condition up to the branch that is taken
is one of the page size or of what every arm64 kernel has; all others stay as they are.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from linter.source.conditional import conditions
from linter.source.edit import blanks
from linter.witness.kernel import constants

if TYPE_CHECKING:
    from linter.source.conditional import Group

_TEST = re.compile(
    rb"#[ \t]*(?:(ifdef|ifndef)[ \t]+(CONFIG_\w+)"
    rb"|(?:el)?if[ \t]+(!?)[ \t]*(?:defined|IS_ENABLED)[ \t]*(?:\([ \t]*(CONFIG_\w+)[ \t]*\)"
    rb"|[ \t](CONFIG_\w+)))[ \t]*(?:/[*/][^\n]*)?$"
)


def configured(source: bytes, page: int) -> bytes:
    """The text for a page size (bytes): the same object if there is nothing to decide."""
    if b"CONFIG_" not in source:
        return source
    out: bytearray | None = None
    for group in conditions(source)[0]:
        taken = _taken(source, group, page)
        if taken is None:
            continue
        out = bytearray(source) if out is None else out
        for number, (line, after) in enumerate(pairwise(group)):
            end = line[1] if number == taken else after[0]
            out[line[0] : end] = blanks(bytes(out[line[0] : end]))
        start, end, _ = group[-1]
        out[start:end] = blanks(bytes(out[start:end]))
    return source if out is None else bytes(out)


def _taken(source: bytes, group: Group, page: int) -> int | None:
    """The number of the branch that is compiled, -1 for none; None if that is not known."""
    for number, (start, end, word) in enumerate(group[:-1]):
        if word == b"else":
            return number
        found = _TEST.match(source[start:end].strip())
        if found is None:
            return None
        name = (found[2] or found[4] or found[5]).decode()
        on = constants.config(name, page)
        if on is None:
            return None
        if on != (found[1] == b"ifndef" or found[3] == b"!"):
            return number
    return -1

"""Regular expressions that are compiled when they are first used.

Compiling all patterns of the project takes 17 ms, a fifth of what one patch
takes, and most patches need a few of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


class _Lazy:
    """Stands for a pattern until the first use; then its methods are the pattern's own."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, later.  A pattern that is wrong is found at its first use."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))

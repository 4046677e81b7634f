"""Finds, loads and selects rules.

A rule is a folder with a `rule.py` that says

    SEVERITY    "error", "warning" or "info", from the evidence
    CATALOGUE   names of the hazard catalogues that it covers
    WORDS       literals of which a text must hold one a group, or nothing is
                parsed; a group that is `Anywhere`, as `RMI` is, is about the
                whole file, any other about the function too
    NEEDS       what it must see whole: "line", "part" (of a function: that a way
                from here to there exists), "function", "file", "series"
    TITLE       one line
    WHY, FIX    what happens, what to do instead: in the words of a review
    EVIDENCE    the mails and sections it rests on
    check       check(unit) for lines and files, check(function) for parts and
                functions, check(units) for series

and a README.md, which is what `--explain` prints.  A finding may say what mends it
(`function.finding(..., edits=[...])`, see `linter.source.amend`): `--diff` makes a
diff of that, so only a change that nobody has to think about belongs there; a test
applies it in every example and looks that it mends.  Adding a folder adds the
rule.  Rules are Python: folders come from the command line only.

What decides whether a rule runs at all also stands in `rules.index`, so that the
code of a rule is loaded when a text has its words: loading them all takes longer
than linting most patches.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from linter.plain import plain, plain_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Anywhere(tuple[str, ...]):
    """A group of words of which one must be in the file, not in each function of it."""

    __slots__ = ()


# A file that holds none of these words is not about the RMM.
RMI = Anywhere(("rmi_", "RMI_", "rme_", "realm_", "is_realm", "vcpu_is_rec"))

LINE = "line"
PART = "part"
FUNCTION = "function"
FILE = "file"
SERIES = "series"
_NEEDS = (LINE, PART, FUNCTION, FILE, SERIES)
_SEVERITIES = ("error", "warning", "info")
_MUST = ("SEVERITY", "NEEDS", "TITLE", "check")


# What decides whether a rule runs: severity, needs, default, words.
Entry = tuple[str, str, bool, "tuple[tuple[str, ...], ...]"]


class RuleError(Exception):
    """A rule that cannot be loaded, or that failed, or a name that no rule has; one line."""


def _place(error: BaseException, path: str) -> str:
    """The last line of `path` that ran before the error, as `path:line`."""
    place, trace = path, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            place = f"{path}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class Declared:
    """All that a `rule.py` says, looked through.  Raises RuleError, which names the file."""

    __slots__ = (
        "catalogue",
        "check",
        "default",
        "evidence",
        "fix",
        "needs",
        "severity",
        "title",
        "why",
        "words",
    )

    def __init__(self, folder: str, declared: dict[str, Any]) -> None:
        missing = [name for name in _MUST if name not in declared]
        if missing:
            raise RuleError(f"{folder}/rule.py: {', '.join(missing)} must be defined")
        self.severity: str = declared["SEVERITY"]
        self.needs: str = declared["NEEDS"]
        self.title: str = declared["TITLE"]
        self.check: Callable[..., Iterable[Any]] = declared["check"]
        self.why: str = declared.get("WHY", "")
        self.fix: str = declared.get("FIX", "")
        self.default: bool = bool(declared.get("DEFAULT", True))
        for name, text in (("TITLE", self.title), ("WHY", self.why), ("FIX", self.fix)):
            if not isinstance(text, str):
                raise _odd(folder, name, text, "a string")
        if self.severity not in _SEVERITIES:
            raise _odd(folder, "SEVERITY", self.severity, f"one of {', '.join(_SEVERITIES)}")
        if self.needs not in _NEEDS:
            raise _odd(folder, "NEEDS", self.needs, f"one of {', '.join(_NEEDS)}")
        if not callable(self.check):
            raise _odd(folder, "check", self.check, "a function")
        self.catalogue = _strings(folder, "CATALOGUE", declared)
        self.evidence = _strings(folder, "EVIDENCE", declared)
        self.words = _groups(folder, declared)


class Rule:
    """A rule: what decides whether it runs, and, loaded when it is asked for, the rest.

    `declared` are the names of its module, or `entry` what `rules.index` says of it.
    """

    __slots__ = ("_declared", "default", "folder", "name", "needs", "severity", "words")

    def __init__(
        self, folder: str, declared: dict[str, Any] | None = None, entry: Entry | None = None
    ) -> None:
        self.folder = folder
        self.name = os.path.basename(folder)
        self._declared: Declared | None = None
        if entry is None:
            names = _declared(folder, self.name) if declared is None else declared
            self._declared = known = Declared(folder, names)
            entry = (known.severity, known.needs, known.default, known.words)
        self.severity, self.needs, self.default, self.words = entry

    @property
    def declared(self) -> Declared:
        if self._declared is None:
            self._declared = Declared(self.folder, _declared(self.folder, self.name))
        return self._declared

    @property
    def check(self) -> Callable[..., Iterable[Any]]:
        return self.declared.check

    @property
    def title(self) -> str:
        return self.declared.title

    @property
    def why(self) -> str:
        return self.declared.why

    @property
    def fix(self) -> str:
        return self.declared.fix

    @property
    def catalogue(self) -> tuple[str, ...]:
        return self.declared.catalogue

    @property
    def evidence(self) -> tuple[str, ...]:
        return self.declared.evidence

    def wants(self, text: bytes) -> bool:
        """Does a text hold a word of every group?"""
        return all(_holds(group, text) for group in self.words)

    def wants_body(self, text: bytes) -> bool:
        """The same for a part of a file, without the groups that may be `Anywhere`."""
        return all(_holds(group, text) for group in self.words if not isinstance(group, Anywhere))

    def readme(self) -> str:
        """What `--explain` prints."""
        try:
            with open(os.path.join(self.folder, "README.md"), encoding="utf-8") as file:
                return file.read()
        except OSError:
            return f"# {self.name}\n\n{self.title}\n\n{self.why}\n\n{self.fix}\n"


@lru_cache(maxsize=256)
def _holds(group: tuple[str, ...], text: bytes) -> bool:
    """Is one of the words in the text?  Most rules share a group, and ask of the same text."""
    return any(word.encode() in text for word in group)


def _strings(folder: str, name: str, declared: dict[str, Any]) -> tuple[str, ...]:
    value = declared.get(name, ())
    # `("x")` is a string, too, and would be taken for a tuple of letters
    if not isinstance(value, tuple | list) or not all(isinstance(v, str) for v in value):
        raise _odd(folder, name, value, "a tuple of strings")
    return tuple(value)


def _groups(folder: str, declared: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    value = declared.get("WORDS", ())
    good = isinstance(value, tuple | list) and all(
        # an empty group is met by no text: the rule would never run
        isinstance(group, tuple | list) and group and all(isinstance(w, str) for w in group)
        for group in value
    )
    if not good:
        raise _odd(folder, "WORDS", value, 'a tuple of groups such as (("rmi_", "RMI_"),)')
    return tuple(g if isinstance(g, Anywhere) else tuple(g) for g in value)


def _odd(folder: str, name: str, value: object, wanted: str) -> RuleError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return RuleError(plain(f"{folder}/rule.py: {name} is {shown}, not {wanted}"))


def load(extra: Iterable[str] = ()) -> list[Rule]:
    """Every rule of this package, then those of the folders in `extra`.

    A folder in `extra` holds rule folders; a rule there replaces one of the
    same name.  Raises RuleError, which names rule and file.
    """
    from rules import index

    rules: dict[str, Rule] = {}
    own = os.path.dirname(os.path.abspath(__file__))
    for place in (own, *extra):
        try:
            names = sorted(os.listdir(place))
        except OSError as error:
            raise RuleError(f"{place}: {error.strerror}") from None
        found = False
        for name in names:
            folder = os.path.join(place, name)
            if os.path.isfile(os.path.join(folder, "rule.py")):
                entry = index.entry(name, folder) if place is own else None
                rules[name] = Rule(folder, entry=entry)
                found = True
        if not found:
            if "rule.py" in names:
                raise RuleError(f"{place}: this is a rule; name the folder that it lies in")
            raise RuleError(f"{place}: no rule in it (a folder with a rule.py)")
    return [rules[name] for name in sorted(rules)]


def scenario(folder: str, name: str) -> dict[str, Any] | None:
    """What the `scenario.py` of a rule declares (`linter.witness.prove`), None if it has none."""
    if not os.path.isfile(os.path.join(folder, "scenario.py")):
        return None
    declared = _declared(folder, name, "scenario.py")
    for needed in ("CASES", "harm"):
        if needed not in declared:
            raise RuleError(f"{folder}/scenario.py: {needed} is not defined")
    return declared


def watches() -> list[tuple[str, str, Any]]:
    """(name, severity, class `Watch`) of every rule that has a `watch.py` (see `replay.watch`).

    Its severity is that of the rule, or what `watch.py` says; a folder without a `rule.py`,
    a rule for traces alone, must say it.  Raises RuleError.
    """
    from rules import index

    own = os.path.dirname(os.path.abspath(__file__))
    found = []
    for name in sorted(os.listdir(own)):
        folder = os.path.join(own, name)
        if os.path.isfile(os.path.join(folder, "watch.py")):
            declared = _declared(folder, name, "watch.py")
            severity = declared.get("SEVERITY")
            if severity is None and os.path.isfile(os.path.join(folder, "rule.py")):
                severity = Rule(folder, entry=index.entry(name, folder)).severity
            if severity not in _SEVERITIES:
                wanted = f"one of {', '.join(_SEVERITIES)}"
                raise RuleError(f"{folder}/watch.py: SEVERITY is {severity!r}, not {wanted}")
            if not isinstance(declared.get("Watch"), type):
                raise RuleError(f"{folder}/watch.py: no class Watch")
            found.append((name, severity, declared["Watch"]))
    return found


def _declared(folder: str, name: str, file: str = "rule.py") -> dict[str, Any]:
    from importlib.machinery import SourceFileLoader
    from types import ModuleType

    path = os.path.join(folder, file)
    part = "" if file == "rule.py" else f"_{file.removesuffix('.py')}"
    module_name = f"rules._loaded_{name.replace('-', '_')}{part}"
    module = ModuleType(module_name)
    module.__file__ = path
    sys.modules[module_name] = module
    try:
        SourceFileLoader(module_name, path).exec_module(module)
    except (Exception, SystemExit) as error:  # a rule is code of others: name it, whatever comes
        raise RuleError(plain(f"{_place(error, path)}: {plain_error(error)}")) from error
    return module.__dict__


def select(rules: list[Rule], select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """The rules that are on by default or selected, without the ignored.

    Raises RuleError for a name no rule has.
    """
    wanted, unwanted = set(select), set(ignore)
    names = {rule.name for rule in rules}
    for name in sorted((wanted | unwanted) - names):
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(names), 3, 0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise RuleError(f"no rule is called {name!r}{hint}")
    if wanted:
        return [rule for rule in rules if rule.name in wanted - unwanted]
    return [rule for rule in rules if rule.default and rule.name not in unwanted]


def ruleset_id(rules: Iterable[Rule]) -> str:
    """Eight hex digits that change when the code of a rule, or what rules share, does."""
    from hashlib import sha256

    digest = sha256()
    places: dict[str, None] = {}  # in the order of the rules
    for rule in rules:
        places[os.path.dirname(rule.folder)] = None
        digest.update(rule.name.encode() + b"\0")
        _add(digest, os.path.join(rule.folder, "rule.py"))
    for place in places:
        for name in sorted(os.listdir(place)):
            if name.endswith(".py"):
                _add(digest, os.path.join(place, name))
    return digest.hexdigest()[:8]


def _add(digest: Any, path: str) -> None:
    with open(path, "rb") as file:
        digest.update(file.read())

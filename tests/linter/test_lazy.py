"""Tests of linter/lazy.py, and that every pattern that waits for its first use is one."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pkgutil import walk_packages

import linter
import rules
from linter.lazy import regex
from rules.registry import load


def test_it_is_compiled_at_the_first_use() -> None:
    wrong = regex("(")  # no error yet
    try:
        wrong.match("x")
    except re.error:
        pass
    else:
        raise AssertionError("the pattern is wrong and nobody said so")


def test_it_does_what_a_pattern_does() -> None:
    pattern = regex(r"(a+)b", re.IGNORECASE)
    assert pattern.findall("aabAB") == ["aa", "A"]
    match = pattern.search("xAAB")
    assert match is not None
    assert match.span() == (1, 4)
    assert pattern.sub("-", "ab ab") == "- -"
    assert pattern.pattern == "(a+)b"
    assert regex(rb"\d").fullmatch(b"7")


def test_every_pattern_of_the_project_compiles() -> None:
    load()
    found = 0
    names = [m.name for p in (linter, rules) for m in walk_packages(p.__path__, p.__name__ + ".")]
    loaded = [name for name in sys.modules if name.startswith("rules._loaded_")]
    for name in [*names, *loaded]:
        module = sys.modules.get(name) or import_module(name)
        for value in vars(module).values():
            if type(value).__name__ == "_Lazy":
                re.compile(value.pattern)
                found += 1
    assert found > 50

"""Fixtures of the linter's tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from linter.check import lint_mails
from linter.finding import Report
from linter.intake.mail import read_path
from rules import registry


@cache
def _linted(path: Path) -> Report:
    return lint_mails(read_path(str(path)), registry.load([]))


@pytest.fixture(scope="session")
def linted() -> Callable[[Path], Report]:
    """Lints an mbox with all rules, once; the report is shared, so leave it as it is."""
    return _linted

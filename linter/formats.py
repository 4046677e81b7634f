"""`--format`: the names, and the way to the module of each, which is loaded when it is asked for.

`text` is not among the modules here: it has forms for a pipe and for a terminal, nor is
`mail`, of which `linter.drafts` makes files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.finding import Report
    from rules.registry import Rule

TEXT, MAIL = "text", "mail"
# They hold all that is known, whatever the terminal and -v.
WHOLE = ("json", "html", "sarif", "github", "junit", "patchwork", "b4-json")
FORMATS = (TEXT, MAIL, *WHOLE)


def render(name: str, report: Report, rules: list[Rule]) -> bytes:
    """The report in one of the formats of `WHOLE`; `rules` are those that have run."""
    if name == "sarif":
        from linter.report import sarif

        return sarif.render(report, rules).encode()
    from importlib import import_module

    module = import_module(f"linter.report.{name.replace('-', '')}")
    text: str | bytes = module.render(report)
    return text.encode() if isinstance(text, str) else text

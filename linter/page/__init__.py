"""The look of the HTML reports: one self-contained file, the same for both commands.

A report has a template that extends `page.html` and fills its blocks: `title`,
`style` (more CSS), `body` and `script` (JavaScript, run at the end of the page).
The names of `style.css` are for all: colours are variables (`--error`, `--violation`
...), and whatever carries one of the classes `error`, `warning`, `info`, `ok`,
`violation`, `unknown`, `assumed` has it as `--tone`.

Whatever a template prints is escaped, and what a browser would not show, or show in
another place, becomes visible (`linter.plain`); line ends and tabs stay.  Data goes
into a script as `{{ data | tojson }}`.  The page forbids itself to load anything.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from linter.plain import plain

if TYPE_CHECKING:
    from jinja2 import Environment


def render(folder: str, template: str, **values: object) -> bytes:
    """The page that `template` in `folder` makes of the values, as UTF-8.

    A value that the template uses and nobody gave is an error (`jinja2.UndefinedError`).
    """
    return _environment(folder).get_template(template).render(values).encode("utf-8")


@cache
def _environment(folder: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder, os.path.dirname(__file__)]),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: object) -> object:
    """What is printed, before it is escaped; what is escaped already (Markup) stays."""
    if type(value) is not str or value.isprintable():
        return value
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in value.split("\n"))

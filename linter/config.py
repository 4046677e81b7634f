"""`.rmilint.conf`: options for every run in a tree, one a line, as in `.checkpatch.conf`.

    # what this tree has agreed on
    --ignore sleep-under-lock
    --baseline "scripts/rmilint baseline"

It is looked for in the current directory, in the top of the git tree around it and
in the home directory; the first that is there counts.  What the command line says
wins.  Only options that choose and show are read from it: whoever wrote a tree must
not have rules run, files written or other inputs read by whoever looks at it.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, NoReturn

from linter.plain import plain
from linter.shell import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = ".rmilint.conf"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors name a line of the file."""

    where = ""

    def error(self, message: str) -> NoReturn:
        raise Failure(plain(f"{self.where}: {message}"))


class Config:
    """What a file says: `options` as the command line would have them.

    `names` are the rule names in it, each with the place that says it.
    """

    def __init__(self, path: str, options: argparse.Namespace) -> None:
        self.path = path
        self.options = options
        self.names: list[tuple[str, str]] = []


def find() -> str | None:
    """The path of the file that counts here, if there is one."""
    for folder in _places():
        path = os.path.join(folder, NAME) if folder else NAME
        if os.path.isfile(path):
            return path
    return None


def _places() -> Iterator[str]:
    yield ""
    here = os.getcwd()
    while True:
        if os.path.exists(os.path.join(here, ".git")):
            yield here
            break
        above = os.path.dirname(here)
        if above == here:
            break
        here = above
    home = os.environ.get("HOME")
    if home:
        yield home


def read(path: str, add_settings: Callable[[argparse.ArgumentParser], None]) -> Config:
    """Reads a file whose options are those that `add_settings` adds to a parser.

    Paths in it are relative to its folder.  Errors: Failure, with file and line.
    """
    import shlex

    parser = _Parser(add_help=False, allow_abbrev=False)
    add_settings(parser)
    config = Config(path, parser.parse_args([]))
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None
    for number, line in enumerate(lines, 1):
        parser.where = f"{path}:{number}"
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            parser.error(str(error).lower())
        said = argparse.Namespace()
        _, unknown = parser.parse_known_args(words, said)
        if unknown:
            parser.error(f"{unknown[0]!r:.60} is no option for this file")
        _take(config, said, parser.where)
    return config


def _take(config: Config, said: argparse.Namespace, where: str) -> None:
    """Adds what one line said; of an option that is given twice the last one counts."""
    folder = os.path.dirname(config.path)
    for name, value in vars(said).items():
        if isinstance(value, list):
            setattr(config.options, name, getattr(config.options, name) + value)
            names = (name.strip() for text in value for name in text.split(","))
            config.names += [(name, where) for name in names if name]
        elif name in ("baseline", "tree") and value is not None:
            setattr(config.options, name, os.path.join(folder, os.path.expanduser(value)))
        elif value:
            setattr(config.options, name, value)


def merge(options: argparse.Namespace, config: Config) -> None:
    """Fills what the command line leaves open.

    Rules it selects are all that run, whatever the file says; those it ignores come on top.
    """
    own = config.options
    if not options.select:
        options.select = own.select
        options.ignore = own.ignore + options.ignore
    for name, value in vars(own).items():
        if not isinstance(value, list) and not getattr(options, name):
            setattr(options, name, value)

"""What a run of `rmilint` is given: mails, commits, an archive, or C files.

All raise Failure for what cannot be read.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from linter import many
from linter.formats import WHOLE
from linter.shell import Failure, complain

if TYPE_CHECKING:
    import argparse

    from linter.finding import Report
    from linter.follow import Run
    from linter.intake.git import Tree
    from linter.intake.patch import Mail
    from rules.registry import Rule

NAME = "rmilint"
USAGE = "rmilint [options] [INPUT ...]"
C_FILE = (".c", ".h")


def lint(options: argparse.Namespace, rules: list[Rule], runs: list[Run] | None = None) -> Report:
    """Lint what the options name; `runs` gets what was learnt of each series."""
    return lint_all(options, rules) if options.all else lint_patches(options, rules, runs)


def lint_patches(
    options: argparse.Namespace, rules: list[Rule], runs: list[Run] | None = None
) -> Report:
    from linter.check import lint_mails
    from linter.intake.git import GitError, read_range

    mails: list[Mail] = []
    barren: list[str] = []  # inputs that hold no patch
    inputs = [options.git] if options.git is not None else options.inputs or ["-"]
    try:
        if options.git is not None:
            if options.inputs:
                raise Failure("--git takes no further input")
            mails = read_range(options.tree or ".", options.git)
        elif options.public_inbox is not None:
            return many.lint_archive(options, rules, open_tree(options.tree))
        else:
            for name in inputs:
                read = read_input(name)
                if not any(_is_of_a_series(mail) for mail in read):
                    _refuse_c_files(name)
                    barren.append(name)
                mails += read
        tree = open_tree(options.tree)
    except GitError as error:
        raise Failure(str(error)) from None
    each = many.spread(options, rules, tree) if runs is None else None
    report = lint_mails(mails, rules, tree, runs, each)
    _note(report, barren if report.patches else inputs, "no patch in it", options)
    return report


def _is_of_a_series(mail: Mail) -> bool:
    """Is it a patch, its cover letter, or a mail with a diff, quoted or not?"""
    import re

    diff = r"^[> |\t]{0,40}(?:diff --git |@@ )"
    return mail.subject.patch or re.search(diff, mail.body, re.M) is not None


def _refuse_c_files(name: str) -> None:
    """Nothing to do in what holds C files and no patch: `--all` was meant."""
    if os.path.isdir(name):
        if _has_c_file(name):
            raise Failure(f"{name}: C files, no patch; use --all to lint their lines")
    elif name.endswith(C_FILE):
        raise Failure(f"{name}: a C file, no patch; use --all to lint its lines")


def _has_c_file(folder: str) -> bool:
    return any(name.endswith(C_FILE) for _, _, names in os.walk(folder) for name in names)


def _note(report: Report, inputs: list[str], text: str, options: argparse.Namespace) -> None:
    """Tells of inputs that gave nothing to do.

    Whoever named one is told at once.  Standard input may be any mail, and b4
    takes every line for a failure: it is a note like others.
    """
    from linter.intake.patch import Note

    for name in inputs:
        if name != "-":
            complain(NAME, f"{name}: {text}")
        if name == "-" or options.format in WHOLE:
            report.notes.append(Note(name, 0, text))


def open_tree(directory: str | None) -> Tree | None:
    """The tree asked for, else the repository around the current directory, if any."""
    from linter.intake.git import Tree

    tree = Tree.open(directory or ".")
    return tree if directory or tree.git else None


def lint_all(options: argparse.Namespace, rules: list[Rule]) -> Report:
    from linter.check import lint_files

    if options.git is not None:
        raise Failure("--all reads files, --git commits: give one of them")
    if not options.inputs:
        raise Failure("--all needs C files or directories")
    barren: list[str] = []
    for name in options.inputs:
        if os.path.isdir(name):
            if not _has_c_file(name):
                barren.append(name)
        elif os.path.exists(name) and not name.endswith(C_FILE):
            raise Failure(f"{name}: no C file; without --all it is read as a patch")
    try:
        report = lint_files(options.inputs, rules)
    except OSError as error:
        raise unreadable(error, options.inputs[0]) from None
    _note(report, barren, "no C file in it", options)
    return report


def read_input(name: str) -> list[Mail]:
    """The mails of one input; '-' is standard input.  Errors: Failure."""
    from linter.intake.mail import read_mails, read_path

    if name != "-":
        try:
            return read_path(name)
        except OSError as error:
            raise unreadable(error, name) from None
    if sys.stdin is None:
        raise Failure("no input, and standard input is closed")
    if sys.stdin.isatty():
        raise Failure(f"no input\nusage: {USAGE}\n'rmilint --help' says more")
    return read_mails(sys.stdin.buffer.read(), "-")


def unreadable(error: OSError, name: str) -> Failure:
    """What to say of an input that cannot be read."""
    path = error.filename if isinstance(error.filename, str) else name
    return Failure(f"{path}: {error.strerror or error}")

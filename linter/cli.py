"""`rmilint`: patch series in, findings out.

Exit status: 0 nothing above info, 1 findings above info, 2 the work could not
be done (unreadable input, broken rule, bad usage, a fault of the program).

b4 starts this once a patch, so modules that only some runs need are imported
where they are needed.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from linter import __version__
from linter.plain import plain, plain_text
from linter.shell import OK, Failure, complain, run_command

if TYPE_CHECKING:
    import argparse

    from linter.finding import Report
    from linter.intake.git import Tree
    from linter.intake.patch import Mail
    from rules.registry import Rule

NAME = "rmilint"
FINDINGS = 1  # exit status, beside those of any command

C_FILE = (".c", ".h")

USAGE = "rmilint [options] [INPUT ...]"


def main(argv: list[str] | None = None) -> int:
    """Run the command with `argv` (default: the process's own); return the exit status."""
    gc.set_threshold(100_000)  # syntax trees are many small objects: look through them rarely
    return run_command(NAME, argv, parser, run)


def parser() -> argparse.ArgumentParser:
    import argparse

    p = argparse.ArgumentParser(
        prog=NAME,
        usage=USAGE,
        description="Find hazards of the Arm CCA host code in Linux kernel patches. "
        "Only lines that the patches add are reported.",
        epilog="Exit status: 0 nothing above info, 1 findings, 2 could not do the work.",
        allow_abbrev=False,
        # A width of its own: finding the terminal's would import shutil in every run.
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=80),
    )
    p.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="patch, mail, mbox, maildir or directory of them; '-' or nothing: standard input",
    )
    p.add_argument("--git", metavar="A..B", help="lint the commits of a range of --tree")
    p.add_argument(
        "--tree",
        metavar="DIR",
        help="git tree the patches are for (default: the one around the current directory)",
    )
    p.add_argument(
        "--all",
        action="store_true",
        help="inputs are C files or directories: lint every line of them",
    )
    p.add_argument(
        "--select", action="append", default=[], metavar="RULE,...", help="only these rules"
    )
    p.add_argument(
        "--ignore", action="append", default=[], metavar="RULE,...", help="all but these rules"
    )
    p.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="DIR",
        help="a further folder of rules (Python that is run)",
    )
    p.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    p.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="always: write as on a terminal, into a pager for instance",
    )
    p.add_argument(
        "-v", "--verbose", action="store_true", help="info findings and notes off a terminal too"
    )
    p.add_argument("--explain", metavar="RULE", help="what a rule catches, why, and how to fix it")
    p.add_argument("--list-rules", action="store_true", help="name, severity, need and title")
    p.add_argument("--version", action="store_true", help="version and id of the rule set")
    return p


def run(options: argparse.Namespace) -> int:
    """Do what the options ask; return the exit status.  Errors: Failure."""
    from rules import registry

    try:
        rules = registry.load(options.rules)
        if options.version:
            print(f"{NAME} {__version__} (rules {registry.ruleset_id(rules)})")
            return OK
        if options.list_rules:
            return list_rules(rules)
        if options.explain is not None:
            return explain(registry.select(rules, [options.explain], []))
        wanted = _names(options.select)
        if options.select and not wanted:
            raise Failure("--select names no rule")
        chosen = registry.select(rules, wanted, _names(options.ignore))
        if not chosen:
            raise Failure("--select and --ignore leave no rule")
        report = lint_all(options, chosen) if options.all else lint_patches(options, chosen)
    except registry.RuleError as error:
        raise Failure(plain(str(error))) from None  # it may name a path from a patch
    write(report, options)
    return FINDINGS if any(f.severity != "info" for f in report.findings) else OK


def lint_patches(options: argparse.Namespace, rules: list[Rule]) -> Report:
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
    report = lint_mails(mails, rules, tree)
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
        if name == "-" or options.format == "json":
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
        raise _unreadable(error, options.inputs[0]) from None
    _note(report, barren, "no C file in it", options)
    return report


def read_input(name: str) -> list[Mail]:
    """The mails of one input; '-' is standard input.  Errors: Failure."""
    from linter.intake.mail import read_mails, read_path

    if name != "-":
        try:
            return read_path(name)
        except OSError as error:
            raise _unreadable(error, name) from None
    if sys.stdin is None:
        raise Failure("no input, and standard input is closed")
    if sys.stdin.isatty():
        raise Failure(f"no input\nusage: {USAGE}\n'rmilint --help' says more")
    return read_mails(sys.stdin.buffer.read(), "-")


def write(report: Report, options: argparse.Namespace) -> None:
    if options.format == "json":
        from linter.report import json

        sys.stdout.write(json.render(report))
        return
    from linter.report import text

    terminal = options.color == "always" or sys.stdout.isatty()
    if terminal:
        colour = _colour(options.color)
        sys.stdout.write(text.long(report, colour=colour, width=_width()))
    else:
        sys.stdout.write(text.short(report, verbose=options.verbose))


def list_rules(rules: list[Rule]) -> int:
    width = max((len(plain(rule.name)) for rule in rules), default=0)
    for rule in rules:
        severity = rule.severity if rule.default else "off"
        print(f"{plain(rule.name):{width}}  {severity:7}  {rule.needs:8}  {plain(rule.title)}")
    return OK


def explain(rules: list[Rule]) -> int:
    for rule in rules:
        print(plain_text(rule.readme()).rstrip())
    return OK


def _names(options: list[str]) -> list[str]:
    """`['a,b', 'c']` -> `['a', 'b', 'c']`."""
    return [name.strip() for option in options for name in option.split(",") if name.strip()]


def _colour(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """The terminal's columns, as far as prose is pleasant to read in them."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:  # no terminal, say a pager behind `--color always`
        columns = 0
    return min(max(columns or 80, 60), 100)


def _unreadable(error: OSError, name: str) -> Failure:
    """What to say of an input that cannot be read."""
    path = error.filename if isinstance(error.filename, str) else name
    return Failure(f"{path}: {error.strerror or error}")

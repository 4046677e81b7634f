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

from linter import __version__, drafts, jobs, many, witnessed
from linter.formats import FORMATS, MAIL, WHOLE
from linter.inputs import NAME, USAGE, lint, open_tree, unreadable
from linter.plain import plain, plain_text
from linter.shell import FAILED, OK, Failure, complain, run_command

if TYPE_CHECKING:
    import argparse
    from argparse import _ActionsContainer

    from linter.baseline import Baseline
    from linter.finding import Report
    from linter.follow import Run
    from rules.registry import Rule

FINDINGS = 1  # exit status, beside those of any command


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
    reading = p.add_argument_group("what to read")
    choosing = p.add_argument_group("what to report")
    writing = p.add_argument_group("how to write it")
    instead = p.add_argument_group("instead of a report")
    proving = p.add_argument_group("proof")
    spreading = p.add_argument_group("many inputs")
    reading.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="patch, mail, mbox, maildir or directory of them; '-' or nothing: standard input",
    )
    reading.add_argument(
        "--git", metavar="A..B", help="the commits of a range, from --tree or the tree you are in"
    )
    reading.add_argument(
        "--all",
        action="store_true",
        help="INPUTs are C files or directories: lint every line of them",
    )
    many.add_archive_options(reading)
    _add_settings(reading, choosing, writing)
    choosing.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="DIR",
        help="more rules, from a folder of your own; they are Python and are run",
    )
    choosing.add_argument(
        "--no-config",
        action="store_true",
        help="do not read .rmilint.conf (looked for here, in the git top and in $HOME)",
    )
    drafts.add_options(writing)
    instead.add_argument(
        "--since",
        metavar="OLD",
        help="what became of the findings of an earlier version of the series, say its mbox",
    )
    instead.add_argument(
        "--thread",
        action="store_true",
        help="what reviewers raised in the mails, and what of it is found too",
    )
    instead.add_argument(
        "--diff",
        action="store_true",
        help="a diff on top of the series that mends what can be mended safely",
    )
    instead.add_argument(
        "--write-baseline", metavar="FILE", help="write a baseline of all findings to FILE"
    )
    instead.add_argument("--list-rules", action="store_true", help="the rules, one a line")
    instead.add_argument(
        "--explain", metavar="RULE", help="what a rule catches, why, and how to fix it"
    )
    instead.add_argument("--version", action="store_true", help="version and id of the rule set")
    witnessed.add_options(proving)
    jobs.add_options(spreading)
    return p


def add_settings(p: argparse.ArgumentParser) -> None:
    """The options that may stand in `.rmilint.conf` too; what is not given is empty."""
    _add_settings(p, p, p)


def _add_settings(
    reading: _ActionsContainer, choosing: _ActionsContainer, writing: _ActionsContainer
) -> None:
    reading.add_argument(
        "--tree",
        metavar="DIR",
        help="git tree the patches are for (default: the one around the current directory)",
    )
    choosing.add_argument(
        "--select", action="append", default=[], metavar="RULE,...", help="only these rules"
    )
    choosing.add_argument(
        "--ignore", action="append", default=[], metavar="RULE,...", help="all but these rules"
    )
    choosing.add_argument(
        "--baseline",
        metavar="FILE",
        help="leave out the findings that FILE lists, as --write-baseline wrote it",
    )
    writing.add_argument(
        "--format",
        choices=FORMATS,
        help="default: text; mail: a reply to each patch; html: a page; the others are for "
        "programs, CI and b4",
    )
    writing.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        help="default: auto; always: as on a terminal, also into a pager",
    )
    writing.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="also findings of the level info, and what could not be checked (a terminal has both)",
    )


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
        if options.diff and (options.format in WHOLE or options.write_baseline):
            raise Failure("--diff writes a diff and nothing else")
        if not options.no_config:
            configure(options, rules)
        drafts.check(options)
        many.check_options(options)
        if options.since is not None:
            from linter import since

            since.check(options)
        if options.thread:
            from linter.thread import command as thread

            thread.check(options)
        wanted = _names(options.select)
        if options.select and not wanted:
            raise Failure("--select names no rule")
        chosen = registry.select(rules, wanted, _names(options.ignore))
        if not chosen:
            raise Failure("--select and --ignore leave no rule")
        known = read_baseline(options.baseline) if options.baseline else None
        runs: list[Run] | None = [] if options.diff or witnessed.wanted(options) else None
        report = lint(options, chosen, runs)
        if options.write_baseline:
            return write_baseline(options.write_baseline, report)
        if known:
            from linter.baseline import suppress

            every = options.verbose or options.format in WHOLE
            suppress(report, known, {rule.name for rule in chosen}, every)
        witnessed.attach(options, report, runs, chosen)
        if options.since is not None:
            return since.command(options, report, lambda o: lint(o, chosen), known)
        if options.thread:
            thread.write(report, options, chosen, open_tree(options.tree))
            return OK if report.complete else FAILED
    except registry.RuleError as error:
        raise Failure(plain(str(error))) from None  # it may name a path from a patch
    if options.diff:
        write_diff(report, runs, options)
    else:
        write(report, options, chosen)
    if not report.complete:
        return FAILED
    return FINDINGS if any(f.severity != "info" for f in report.findings) else OK


def configure(options: argparse.Namespace, rules: list[Rule]) -> None:
    """Adds what the configuration file says, if there is one."""
    from linter import config
    from rules import registry

    path = config.find()
    if path is None:
        return
    found = config.read(path, add_settings)
    for name, where in found.names:
        try:
            registry.select(rules, [name], [])
        except registry.RuleError as error:
            raise Failure(plain(f"{where}: {error}")) from None
    config.merge(options, found)


def read_baseline(path: str) -> Baseline:
    from linter.baseline import BaselineError, read

    try:
        return read(path)
    except OSError as error:
        raise unreadable(error, path) from None
    except BaselineError as error:
        raise Failure(str(error)) from None


def write_baseline(path: str, report: Report) -> int:
    """Writes all findings, also those of info: the next run reports nothing of them."""
    from linter.baseline import render

    text = render(report.findings)
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise unreadable(error, path) from None
    number = len({f.fingerprint for f in report.findings})
    complain(NAME, f"{path}: {number} {'finding' if number == 1 else 'findings'} written")
    return OK


def write(report: Report, options: argparse.Namespace, rules: list[Rule]) -> None:
    if options.format in WHOLE:
        from linter import formats

        sys.stdout.flush()
        sys.stdout.buffer.write(formats.render(options.format, report, rules))
        return
    if options.format == MAIL:
        drafts.write_report(report, options)
        return
    from linter.report import text

    terminal = options.color == "always" or sys.stdout.isatty()
    if terminal:
        colour = _colour(options.color or "auto")
        sys.stdout.write(text.long(report, colour=colour, width=_width()))
    else:
        ids = options.public_inbox is not None
        sys.stdout.write(text.short(report, verbose=options.verbose, ids=ids))


def write_diff(report: Report, runs: list[Run] | None, options: argparse.Namespace) -> None:
    """Prints what can be mended, says on standard error what was left out."""
    from linter import mend

    if runs is None or options.all:
        mended = mend.mend_files(report.findings)
    else:
        wanted = {id(f) for f in report.findings if f.edits and f.removed_in is None}
        able = [run for run in runs if any(id(f) in wanted for f in run.reported)]
        if len(able) > 1:
            raise Failure(f"--diff mends one series or patch; the input has {len(able)} to mend")
        mended = mend.mend_series(able[0], report.findings) if able else mend.Mended("", 0, [])
    for note in mended.notes:
        complain(NAME, f"{plain(note.source)}:{note.line}: {plain(note.text)}")
    found = len(report.findings)
    complain(NAME, f"{mended.number} of {found} {'finding' if found == 1 else 'findings'} mended")
    # A diff must be the bytes of the file, but a terminal must not act on them.
    if sys.stdout.isatty():
        lines = mended.diff.split("\n")
        sys.stdout.write("\n".join("\t".join(map(plain, line.split("\t"))) for line in lines))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(mended.diff.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


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


if __name__ == "__main__":
    sys.exit(main())

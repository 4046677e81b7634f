"""`--format mail`: the options, and where the drafts go.  Nothing is ever sent."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from linter.shell import Failure, complain

if TYPE_CHECKING:
    import argparse
    from argparse import _ActionsContainer

    from linter.finding import Report
    from linter.report.mail import Reply


def add_options(p: _ActionsContainer) -> None:
    p.add_argument(
        "--out-dir",
        metavar="DIR",
        help="with --format mail: write a draft for each reply into DIR; nothing is sent",
    )


def check(options: argparse.Namespace) -> None:
    """Refuses options that do not go together.  Errors: Failure."""
    if options.out_dir is not None and options.format != "mail":
        raise Failure("--out-dir is for --format mail")
    if options.format == "mail" and options.all:
        raise Failure("--format mail answers patches; --all reads files")
    if options.format == "mail" and options.diff:
        raise Failure("--diff writes a diff and nothing else")


def write_report(report: Report, options: argparse.Namespace) -> None:
    """A reply to each patch with findings; what could not be checked is told beside them."""
    from linter.report import mail
    from linter.report.text import unchecked

    for patch in report.unchecked_patches:
        complain("rmilint", unchecked(patch))
    write(mail.render(report, options.verbose), options.out_dir)


def write(replies: list[Reply], directory: str | None) -> None:
    """Writes the drafts and prints their paths; a single one without a folder is printed.

    A file that is there may have been edited, so nothing is overwritten.  Errors: Failure.
    """
    loose = sum(not reply.threads for reply in replies)
    if loose:
        mails = "a mail has" if loose == 1 else f"{loose} mails have"
        complain("rmilint", f"{mails} no Message-ID: the reply begins a thread of its own")
    if directory is None:
        if len(replies) > 1:
            raise Failure(f"{len(replies)} replies: name a folder for them with --out-dir")
        sys.stdout.flush()
        for reply in replies:
            sys.stdout.buffer.write(reply.data)
        return
    if not replies:
        return
    paths = [os.path.join(directory, reply.name) for reply in replies]
    path = directory
    try:
        os.makedirs(directory, exist_ok=True)
        for path in paths:
            if os.path.lexists(path):
                raise Failure(f"{path}: is there already, and may have been edited")
        for path, reply in zip(paths, replies, strict=True):
            with open(path, "xb") as file:
                file.write(reply.data)
            print(path)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None

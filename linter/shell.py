"""What a command does around its work: options in, complaints and an exit status out.

`rmilint` and `replay` are both run by this, so it stands at the bottom.  Exit
status 1 is theirs to give a meaning; a shell's own are those of a death by signal.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from linter.plain import plain_error, plain_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

OK, FAILED = 0, 2
INTERRUPTED = 128 + 2  # as a shell reports a death by SIGINT
READER_LEFT = 128 + 13  # by SIGPIPE


class Failure(Exception):
    """The work cannot be done; the text says why, for the user."""


def run_command(
    name: str,
    argv: list[str] | None,
    parser: Callable[[], argparse.ArgumentParser],
    work: Callable[[argparse.Namespace], int],
) -> int:
    """Read the options from `argv` (None: the process's own), do the work; the exit status.

    The options must have `verbose`.  `work` returns a status or raises Failure;
    whatever else it raises is told as well.
    """
    if sys.stdout is None:  # Python's answer to `>&-`
        complain(name, "standard output is closed")
        return FAILED
    # Input may hold what the locale cannot show; never die of printing.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(argv)
    try:
        status = work(options)
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Failure as failure:
        complain(name, str(failure))
    except OSError as error:
        # Inputs have their own message: this is the output, say on a full disk.
        complain(name, f"{error.filename or 'standard output'}: {error.strerror}")
    except Exception as error:
        # Python's own status for a crash is 1, which would read as a result.
        complain(name, _with_trace(error) if options.verbose else f"{fault(error)}; -v shows more")
    else:
        return status
    return FAILED


def complain(name: str, text: str) -> None:
    """Tell the user of the command `name`, on standard error if there is one."""
    if sys.stderr is not None:  # print() would take standard output instead
        print(f"{name}: {plain_text(text)}", file=sys.stderr)


def fault(error: Exception) -> str:
    """An error of ours on one line (b4 makes a row of each), and where it was raised."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" ({at.tb_frame.f_code.co_filename}:{at.tb_lineno})" if at is not None else ""
    return f"internal error: {plain_error(error)}{where}"


def _with_trace(error: Exception) -> str:
    import traceback

    trace = "".join(traceback.format_exception(error)).rstrip()
    return f"internal error: {plain_error(error)}\n{trace}"


def _reader_left() -> int:
    """The reader of our output has seen enough (`| head`): leave without a word."""
    # Python flushes standard output once more at exit and would complain then.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_LEFT

"""`replay`: traces of SMCs in, verdicts out.

Exit status: 0 every result was permitted, 1 violations, checkpoints that differ, hazards,
2 the work could not be done in full (unreadable input, bad usage, a fault of the
program).  2 wins over 1: after a line that could not be read the model may be off.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, get_args

from linter import __version__
from linter.jobs import add_options, check_options
from linter.progress import Bar
from linter.shell import FAILED, OK, Failure, complain, run_command
from traces.event import Bank, Rmi, Told

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from replay.result import TraceResult
    from replay.run import Options

NAME = "replay"
VIOLATIONS = 1  # exit status, beside those of any command

USAGE = "replay [options] TRACE ..."

# QEMU's sbsa-ref has its RAM at 1 TiB; with RME the firmware keeps the first 1,072 MiB
# (TF-A, plat/qemu/qemu_sbsa).  The machine takes 8 TiB at most; how much it has (-m) no
# trace tells, so without a size the bank reaches to where RAM can be at all.
_SBSA = "qemu-sbsa"
_SBSA_RAM = 0x100_0000_0000
_SBSA_FREE = 0x100_4300_0000
_SBSA_MOST = 8 << 40
_UNITS = {"M": 20, "G": 30, "T": 40}

_MOST_BANKS = 1 << 20  # bytes of a file of banks

_SHOWN = 10  # unreadable lines of a trace that are told one by one


def main(argv: list[str] | None = None) -> int:
    """Run the command with `argv` (default: the process's own); return the exit status."""
    return run_command(NAME, argv, parser, run)


def parser() -> argparse.ArgumentParser:
    import argparse

    p = argparse.ArgumentParser(
        prog=NAME,
        usage=USAGE,
        description="Judge the RMI calls of traces (rmi-trace/1, plain or gzip) by a model of the "
        "RMM: was each result one that the specification allows? And did the host do what it "
        "should not (hazards; 'rmilint --explain RULE' says more of one)?",
        epilog="Exit status: 0 all permitted, 1 violations or hazards, 2 could not do the work "
        "in full.",
        allow_abbrev=False,
    )
    reading = p.add_argument_group("what to read, and by which rules")
    writing = p.add_argument_group("what to write")
    instead = p.add_argument_group("instead of a verdict")
    spreading = p.add_argument_group("many traces")
    reading.add_argument(
        "traces",
        nargs="*",
        metavar="TRACE",
        help="a trace, a console log or a capture; '-' is standard input",
    )
    reading.add_argument(
        "--rmi",
        choices=get_args(Rmi),
        metavar="VERSION",
        help=f"judge by this version, whatever the header says: {', '.join(get_args(Rmi))}",
    )
    reading.add_argument(
        "--memory",
        metavar="MACHINE|FILE",
        help=f"memory banks in place of those in the header: {_SBSA}[:SIZE] (RAM from "
        f"{_SBSA_FREE:#x}; SIZE is QEMU's -m, default: all that the machine can have), or a "
        'JSON file with a list as in a header, [{"base":"0x...","size":"0x..."}]',
    )
    reading.add_argument(
        "--strict", action="store_true", help="stop a trace at the first line that cannot be read"
    )
    reading.add_argument(
        "--stop-at", type=_line, metavar="LINE", help="judge no further than this line of the trace"
    )
    writing.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    writing.add_argument(
        "--html", metavar="FILE", help="draw the trace into FILE, a page for a browser"
    )
    writing.add_argument(
        "--state", action="store_true", help="also the model's state at the end, or at --stop-at"
    )
    writing.add_argument(
        "--coverage",
        action="store_true",
        help="also which conditions of which commands the traces exercised, and which never",
    )
    writing.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="every violation in full, not only the first of a kind; also the notes",
    )
    instead.add_argument(
        "--convert",
        metavar="OUT",
        help="write the trace, whatever its format, to OUT as rmi-trace/1, unjudged ('-': "
        "standard output)",
    )
    instead.add_argument(
        "--version", action="version", version=f"{NAME} {__version__}", help="name and version"
    )
    add_options(spreading)
    return p


def run(options: argparse.Namespace) -> int:
    """Do what the options ask; return the exit status.  Errors: Failure."""
    paths: list[str] = options.traces
    if not paths:
        raise Failure(f"no trace\nusage: {USAGE}\n'replay --help' says more")
    if paths.count("-") > 1:
        raise Failure("standard input can be read once")
    if options.stop_at is not None and len(paths) > 1:
        raise Failure("--stop-at is a line of one trace: give one")
    if options.html is not None and len(paths) > 1:
        raise Failure("--html draws one trace: give one")
    check_options(options)
    memory = None if options.memory is None else banks(options.memory)
    if options.convert is not None:
        if len(paths) > 1:
            raise Failure("--convert writes one trace: give one")
        return _convert(paths[0], options.convert, Told(options.rmi, memory), options.strict)

    from replay.run import Options

    asked = Options(
        rmi=options.rmi,
        memory=memory,
        strict=options.strict,
        stop_at=options.stop_at,
        state=options.state,
        coverage=options.coverage,
        every=options.verbose or options.format == "json" or options.html is not None,
        record=options.html is not None,
    )
    results = judged(paths, asked, options.jobs, options.executor)
    if options.html is not None:
        [result] = results
        _draw(result, options.html)
        results = iter([result])
    if options.format == "json":
        return _write_json(results, options.coverage)
    return _write_text(results, options)


def judged(
    paths: list[str], options: Options, jobs: int | None = None, executor: str | None = None
) -> Iterator[TraceResult]:
    """The result of each trace, in the order given, with a progress bar on a terminal."""
    from replay.run import run_path, run_paths

    bar = Bar(len(paths), "traces")
    try:
        if len(paths) == 1 and executor is None:
            results = iter([run_path(paths[0], options, bar.reading)])
        else:
            results = run_paths(paths, options, bar.finished, jobs, executor)
        for result in results:
            bar.clear()
            _tell(result)
            yield result
    finally:
        bar.clear()


def banks(text: str) -> tuple[Bank, ...]:
    """The memory of a machine known by name, or as a file lists it.  Errors: Failure."""
    machine, _, size = text.partition(":")
    if machine == _SBSA:
        ram = _SBSA_MOST if not size else _size(size)
        if not _SBSA_FREE - _SBSA_RAM < ram <= _SBSA_MOST:
            raise Failure(f"--memory {text}: expected more than 1072M and at most 8T")
        return (Bank(_SBSA_FREE, _SBSA_RAM + ram - _SBSA_FREE),)
    try:
        with open(text, "rb") as file:
            return _banks(file.read(_MOST_BANKS))
    except OSError as error:
        raise Failure(f"--memory {text}: {error.strerror or error}") from None
    except ValueError as error:
        raise Failure(f"--memory {text}: {error}") from None


def _banks(data: bytes) -> tuple[Bank, ...]:
    """The banks of a JSON list, held to what a header must hold.  Errors: ValueError."""
    import msgspec

    from replay.machine import wrong_banks
    from traces.formats.objects import FORMAT, Unreadable, header_of

    header = {"format": FORMAT, "rmi": "1.0", "granule_size": 4096, "pa_width": 52}
    try:
        line = msgspec.json.encode(header | {"memory": msgspec.json.decode(data)})
        found = header_of(line, 1)
    except Unreadable as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("nested too deeply to be a list of banks") from None
    assert found is not None
    # The least that a header will ask: the smallest granule, the widest addresses.
    wrong = wrong_banks(found.memory, 4096, 56)
    if wrong:
        raise ValueError(wrong)
    return found.memory


def _size(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    if unit not in _UNITS or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Failure(f"--memory {_SBSA}:{text}: expected a size like 4096M, 8G or 1T")
    return int(number) << _UNITS[unit]


def _line(text: str) -> int:
    import argparse

    if not (text.isascii() and text.isdigit() and 0 < len(text) < 19 and int(text)):
        raise argparse.ArgumentTypeError(f"expected a line number, 1 or more, got {text!r}")
    return int(text)


# --- writing


def _write_text(results: Iterator[TraceResult], options: argparse.Namespace) -> int:
    from replay.coverage import Coverage
    from replay.report import text

    coverage = Coverage() if options.coverage else None
    status = Status()
    watched = status.watch(results, coverage)
    for piece in text.render(watched, verbose=options.verbose, coverage=coverage):
        sys.stdout.write(piece)
        sys.stdout.flush()
    return status.value


def _convert(path: str, out: str, told: Told, strict: bool) -> int:
    from replay.convert import convert

    result = convert(path, out, told, strict=strict)
    _tell(result)
    return OK if result.complete else FAILED


def _draw(result: TraceResult, path: str) -> None:
    from replay.report import html

    try:
        with open(path, "wb") as file:
            file.write(html.render(result))
    except OSError as error:
        raise Failure(f"--html {path}: {error.strerror or error}") from None


def _write_json(results: Iterator[TraceResult], cover: bool) -> int:
    from replay.coverage import Coverage
    from replay.report import json

    coverage = Coverage() if cover else None
    status = Status()
    sys.stdout.write(json.render(list(status.watch(results, coverage)), coverage))
    return status.value


class Status:
    """The exit status that the results seen so far call for."""

    def __init__(self) -> None:
        self.value = OK

    def watch(
        self, results: Iterator[TraceResult], coverage: object | None
    ) -> Iterator[TraceResult]:
        """Hand on the results; add up their coverage, which is then done with."""
        from replay.coverage import Coverage

        for result in results:
            if not result.complete:
                self.value = FAILED
            elif not result.conforms or result.hazardous:
                self.value = max(self.value, VIOLATIONS)
            if isinstance(coverage, Coverage) and result.coverage is not None:
                coverage.add(result.coverage)
            yield result


def _tell(result: TraceResult) -> None:
    """Say on standard error what could not be read."""
    for item in result.unread[:_SHOWN]:
        complain(NAME, f"{result.path}:{item.line}: {item.text}")
    if result.unread_count > _SHOWN:
        complain(NAME, f"{result.path}: {result.unread_count - _SHOWN} more such lines")
    if result.error:
        place = f"{result.path}:{result.error_line}" if result.error_line else result.path
        complain(NAME, f"{place}: {result.error}")

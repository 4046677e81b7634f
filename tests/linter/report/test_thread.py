"""Tests of linter/report/thread.py and of `rmilint --thread`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from linter import cli
from linter.report.thread import WIDTH, text, to_dict
from tests.linter.thread.mails import FIRST, PATCHES, lines, mail, quoted, reply, thread

ROOT = Path(__file__).resolve().parents[3]

ASKED = (
    "On Mon, 2 Mar 2026 11:00:00 +0000, Ada Author <ada@example.org> wrote:\n"
    + quoted(lines(10, 12))
    + "\nThis takes what lies below, and nobody gave that to us. Round it up, please.\n\n"
    "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -10,5 +10,5 @@\n"
    " \tint ret;\n \n-\tstart = ALIGN_DOWN(start, TOY_REGION);\n"
    "+\tstart = ALIGN(start, TOY_REGION);\n \n"
    " \tret = rmi_granule_range_delegate(start, end, &top);\n"
)
ANSWER = (
    "On Tue, 3 Mar 2026 11:00:00 +0000, Rita Reviewer <rita@example.org> wrote:\n"
    "> This takes what lies below, and nobody gave that to us. Round it up, please.\n\nIndeed.\n"
)
REPLIES = (reply(ASKED), reply(ANSWER, number=10, parent=9, name="Ada Author"))


def run(*arguments: str, data: str = "") -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the command."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    was, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(data.encode()))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = cli.main(["--no-config", *arguments])
    finally:
        sys.stdin = was
    out.seek(0)
    return status, out.read(), err.getvalue()


def test_the_text() -> None:
    lines_of_text = text([thread(*REPLIES)]).split("\n")
    assert lines_of_text == [
        FIRST,
        "",
        "drivers/firmware/toy.c:12: toy_give(): Rita Reviewer",
        "    This takes what lies below, and nobody gave that to us. Round it up,",
        "    please.",
        "    <9@toy>",
        "    found here: 12: error [widened-range] `start` is rounded down to",
        "      TOY_REGION, so where memory does not begin on that boundary",
        "      rmi_granule_range_delegate() is given an address outside it",
        "    proposed: a diff to drivers/firmware/toy.c",
        "      linted after 1/2: 1 finding gone, 0 new",
        "      - 12: error [widened-range] `start` is rounded down to TOY_REGION, so",
        "        where memory does not begin on that boundary",
        "        rmi_granule_range_delegate() is given an address outside it",
        "    > Ada Author: Indeed.",
        "",
        (
            "1 remark on lines (1 where something is found), 0 elsewhere; 1 diff proposed; "
            "0 findings that nobody raised"
        ),
        "",
    ]
    assert max(map(len, lines_of_text[:-2])) <= WIDTH


def test_three_lines_of_what_somebody_writes_are_shown() -> None:
    asked = quoted(lines(10, 12)) + "\n" + "Why round it down at all here? " * 20 + "\n"
    said = text([thread(reply(asked))]).split("\n")
    first = next(n for n, line in enumerate(said) if line.startswith("    Why"))
    assert said[first + 2].endswith("…")
    assert said[first + 3] == "    <9@toy>"


def test_findings_that_nobody_raised_are_counted_or_listed() -> None:
    silent = thread(reply("> Give it.\n\nWhat?\n"))
    assert text([silent]) == (
        "0 remarks on lines (0 where something is found), 1 elsewhere; "
        "1 finding that nobody raised\n"
    )
    title, blank, listed, *_ = text([silent], verbose=True).split("\n")
    assert (title, blank) == ("Found, and raised by nobody:", "")
    assert listed.startswith("drivers/firmware/toy.c:12:2: error: `start` is rounded down")
    assert listed.endswith("[widened-range] (1/2)")


def test_names_and_words_cannot_drive_a_terminal() -> None:
    body = ASKED.replace("This takes", "This \x1b[31mtakes")
    shown = text([thread(reply(body, name="Rita \x1b]0;x\x07"))])
    assert "\x1b" not in shown
    assert "\\x1b[31mtakes" in shown


def test_the_object() -> None:
    data: dict[str, Any] = json.loads(json.dumps(to_dict([thread(*REPLIES)], [])))
    assert (data["format"], data["notes"], len(data["threads"])) == ("rmilint-thread/1", [], 1)
    found = data["threads"][0]
    assert (found["version"], found["patches"], found["elsewhere"]) == (1, 2, 0)
    assert found["not_raised"] == []
    remark = found["remarks"][0]
    assert remark["who"] == "Rita Reviewer"
    assert remark["message_id"] == "9@toy"
    assert remark["patch"] == {"index": 1, "total": 2, "subject": FIRST}
    assert (remark["path"], remark["line"]) == ("drivers/firmware/toy.c", 12)
    assert (remark["exact"], remark["function"]) == (True, "toy_give")
    assert remark["quoted"] == {"first": 10, "last": 12}
    assert [f["rule"] for f in remark["found"]] == ["widened-range"]
    assert remark["proposed"]["paths"] == ["drivers/firmware/toy.c"]
    assert [f["rule"] for f in remark["proposed"]["removed"]] == ["widened-range"]
    assert (remark["proposed"]["added"], remark["proposed"]["notes"]) == ([], [])
    assert remark["answers"] == [{"who": "Ada Author", "words": "Indeed.", "message_id": "10@toy"}]


def test_the_command_reads_and_does_not_judge(tmp_path: Path) -> None:
    path = tmp_path / "thread.mbox"
    path.write_text(PATCHES + "".join(REPLIES))
    status, out, err = run("--thread", str(path))
    assert (status, err) == (0, "")
    assert out == text([thread(*REPLIES)])
    status, out, err = run("--thread", "--format", "json", str(path))
    assert (status, err) == (0, "")
    assert json.loads(out)["format"] == "rmilint-thread/1"


def test_rules_that_are_ignored_find_nothing(tmp_path: Path) -> None:
    path = tmp_path / "thread.mbox"
    path.write_text(PATCHES + "".join(REPLIES))
    status, out, _ = run("--thread", "--ignore", "widened-range", str(path))
    assert status == 0
    assert "widened-range" not in out
    assert "no finding goes or comes" in out


def test_an_input_without_patches_is_told(tmp_path: Path) -> None:
    path = tmp_path / "thread.mbox"
    path.write_text(mail(1, "Hello", "No patch.\n"))
    assert run("--thread", str(path)) == (0, "", f"rmilint: {path}: no patch in it\n")
    assert run("--thread", str(tmp_path / "nothing"))[0] == 2


@pytest.mark.parametrize(
    "option", [["--all"], ["--diff"], ["--git", "A..B"], ["--write-baseline", "x"]]
)
def test_options_that_ask_for_something_else(option: list[str]) -> None:
    status, out, err = run("--thread", *option)
    assert (status, out) == (2, "")
    assert f"--thread reads mails; it does not go with {option[0]}" in err
    assert run("--thread", "--format", "html")[0] == 2


def test_a_plain_run_does_not_load_it() -> None:
    code = (
        "import sys, linter.cli\n"
        "linter.cli.main(['--no-config', '-'])\n"
        "sys.exit(any('thread' in name for name in sys.modules if name.startswith('linter')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=PATCHES, cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_about_it_shows_what_it_prints() -> None:
    page = (ROOT / "docs/thread.md").read_text()
    shown = page.split("```\n")[3].removesuffix("\n")
    assert shown.startswith("[PATCH v2 2/3]")
    assert run("--thread", str(ROOT / "samples/lend-v2.mbox"))[1].startswith(shown)

"""The lines of a pipe in editors: vim's quickfix list and Emacs' compilation mode."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from linter.check import lint_mails
from linter.finding import Report
from linter.intake.mail import read_path
from linter.report.text import short
from rules import registry

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "lend-v2.mbox"


class Entry(NamedTuple):
    path: str
    line: int
    column: int


@pytest.fixture(scope="module")
def report() -> Report:
    return lint_mails(read_path(str(SAMPLE)), registry.load([]))


@pytest.fixture(scope="module")
def lines(report: Report) -> str:
    return short(report)


def expected(report: Report) -> list[Entry]:
    return [Entry(f.path, f.line, f.column) for f in report.findings]


QUICKFIX = """\
set nocompatible
cgetfile {lines}
let found = []
for entry in getqflist()
  call add(found, [entry.valid, bufname(entry.bufnr), entry.lnum, entry.col, entry.text])
endfor
call writefile([json_encode(found)], {out})
qall!
"""


@pytest.mark.skipif(not shutil.which("vim"), reason="vim is not installed")
def test_quickfix_knows_every_line(report: Report, lines: str, tmp_path: Path) -> None:
    """With the errorformat that vim has by itself."""
    (tmp_path / "errors").write_text(lines)
    script = tmp_path / "script.vim"
    script.write_text(QUICKFIX.format(lines=tmp_path / "errors", out=f"'{tmp_path / 'out'}'"))
    command = ["vim", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", str(script)]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, cwd=tmp_path)
    found = json.loads((tmp_path / "out").read_text())
    assert [Entry(*entry[1:4]) for entry in found] == expected(report)
    assert all(entry[0] for entry in found)
    assert [entry[4].strip().split(":")[0] for entry in found[:4]] == [
        "ERROR",
        "ERROR",
        "ERROR",
        "warning",
    ]


# The GNU Coding Standards, "Formatting Error Messages": `sourcefile:lineno:column: message`.
# Emacs' pattern named `gnu` reads that form; a file's name holds neither colon nor newline
# and does not begin with a blank, and a message that begins with `warning` is one.
GNU = re.compile(
    r"^(?P<path>[^\s:][^:\n]*):(?P<line>[1-9][0-9]*):(?P<column>[1-9][0-9]*): "
    r"(?P<warning>[Ww]arning:)?",
    re.M,
)


def test_compilation_mode_knows_every_line(report: Report, lines: str) -> None:
    found = list(GNU.finditer(lines))
    assert len(found) == len(lines.splitlines())
    places = [Entry(m["path"], int(m["line"]), int(m["column"])) for m in found]
    assert places == expected(report)
    warnings = [bool(m["warning"]) for m in found]
    assert warnings == [f.severity == "warning" for f in report.findings]


COMPILATION = """\
(require 'compile)
(with-temp-buffer
  (insert-file-contents "{lines}")
  (compilation-mode)
  (compilation--ensure-parse (point-max))
  (goto-char (point-min))
  (while (not (eobp))
    (let ((message (get-text-property (point) 'compilation-message)))
      (when message
        (let ((place (compilation--message->loc message)))
          (princ (format "%s %s %s\\n"
                         (caar (compilation--loc->file-struct place))
                         (compilation--loc->line place)
                         (compilation--loc->col place))))))
    (forward-line 1)))
"""


@pytest.mark.skipif(not shutil.which("emacs"), reason="Emacs is not installed")
def test_emacs_itself(report: Report, lines: str, tmp_path: Path) -> None:
    (tmp_path / "errors").write_text(lines)
    (tmp_path / "script.el").write_text(COMPILATION.format(lines=tmp_path / "errors"))
    command = ["emacs", "-Q", "--batch", "-l", str(tmp_path / "script.el")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = [line.split() for line in done.stdout.splitlines()]
    assert [Entry(p, int(line), int(col)) for p, line, col in found] == expected(report)


def test_a_terminal_s_page_is_not_meant_here(lines: str) -> None:
    """What an editor starts is a pipe: no colour, no code frames, nothing but lines."""
    done = subprocess.run(
        [sys.executable, "-m", "linter.cli", "--no-config", str(SAMPLE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (lines, "")

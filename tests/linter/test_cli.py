"""`rmilint` as a command: what it reads, prints and returns."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import linter.check
from linter import __version__, cli
from linter.finding import ERROR, INFO, WARNING, Finding, PatchRef, Report
from linter.intake.git import GitError, Tree
from linter.intake.patch import Mail, Note
from rules import registry
from rules.registry import Rule, RuleError

ROOT = Path(__file__).resolve().parents[2]
SERIES = str(ROOT / "samples" / "lend-v2.mbox")
ARCHIVE = str(ROOT / "samples" / "lend-v2-archive.txt")

PATCH = b"""\
From: Ada Author <ada@example.org>
Date: Mon, 2 Mar 2026 10:00:00 +0000
Subject: [PATCH] firmware: count
Message-ID: <1@example.org>

Count.

---
diff --git a/count.c b/count.c
index 0000001..0000002 100644
--- a/count.c
+++ b/count.c
@@ -1,3 +1,3 @@
 int count(void)
 {
-\treturn 1;
+\treturn 2;
"""


def finding(severity: str = WARNING, path: str = "a.c") -> Finding:
    found = Finding("some-rule", severity, path, 3, 2, (3, 9), "something is wrong")
    found.patch = PatchRef(1, 1, "[PATCH] firmware: count", "1@example.org")
    return found


class Fake:
    """Stands in for the checker: keeps what it was called with, answers `report`."""

    def __init__(self) -> None:
        self.report = Report()
        self.report.patches = 1
        self.mails: list[Mail] = []
        self.paths: list[str] = []
        self.rules: list[str] = []
        self.tree: Tree | None = None
        self.error: BaseException | None = None

    def lint_mails(
        self, mails: list[Mail], rules: list[Rule], tree: Tree | None, *_: object
    ) -> Report:
        if self.error:
            raise self.error
        self.mails, self.rules, self.tree = mails, [rule.name for rule in rules], tree
        return self.report

    def lint_files(self, paths: list[str], rules: list[Rule]) -> Report:
        if self.error:
            raise self.error
        self.paths, self.rules = list(paths), [rule.name for rule in rules]
        return self.report


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    """The command with three rules and without a checker, in an empty directory."""
    checker = Fake()
    monkeypatch.setattr(linter.check, "lint_mails", checker.lint_mails)
    monkeypatch.setattr(linter.check, "lint_files", checker.lint_files)
    rules = []
    for name, on in (("alpha", True), ("beta", True), ("gamma", False)):
        folder = tmp_path / "rules" / name
        folder.mkdir(parents=True)
        (folder / "README.md").write_text(f"# {name}\n\nWhat it\tcatches: \x1b[31mred.\n")
        (folder / "rule.py").write_text("")
        declared = {"SEVERITY": WARNING, "NEEDS": "function", "TITLE": f"the {name} hazard"}
        rules.append(Rule(str(folder), {**declared, "check": lambda _: [], "DEFAULT": on}))
    monkeypatch.setattr(registry, "load", lambda extra=(): rules)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(work))
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    return checker


class Stdin(io.TextIOWrapper):
    """Standard input with given bytes, a terminal or not."""

    def __init__(self, data: bytes = b"", terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data))
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


Capture = pytest.CaptureFixture[str]
Patcher = pytest.MonkeyPatch


@pytest.fixture
def terminal(monkeypatch: Patcher) -> Callable[[], None]:
    """Calling it makes standard output a terminal (capsys must be there before)."""
    return lambda: monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


# -- exit status ------------------------------------------------------------


@pytest.mark.parametrize(
    ("severities", "status"),
    [([], 0), ([INFO], 0), ([WARNING], 1), ([ERROR], 1), ([INFO, WARNING], 1)],
)
def test_status_follows_the_findings(fake: Fake, severities: list[str], status: int) -> None:
    fake.report.findings = [finding(s) for s in severities]
    assert cli.main([SERIES]) == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.mbox"], "absent.mbox: No such file or directory"),
        (["--all", "--git", "A..B"], "--all reads files, --git commits"),
        (["--all"], "--all needs C files or directories"),
        (["--git", "A..B", "x.mbox"], "--git takes no further input"),
        (["--tree", "absent", SERIES], "absent: not a directory"),
        (["--select", "alhpa", SERIES], "did you mean alpha"),
        (["--ignore", "nonsense", SERIES], "no rule is called 'nonsense'"),
        (["--explain", "alpah"], "did you mean alpha"),
        (["--select", "", SERIES], "--select names no rule"),
        (["--select", " , ", SERIES], "--select names no rule"),
        (["--select", "alpha", "--ignore", "alpha", SERIES], "leave no rule"),
        (["--ignore", "alpha,beta", SERIES], "leave no rule"),
    ],
)
def test_what_cannot_be_done_is_2_and_says_why(
    fake: Fake, capsys: Capture, arguments: list[str], said: str
) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rmilint: ")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["--format", "xml"], ["--nonsense"], ["--sel", "alpha"]])
def test_bad_usage_is_2(fake: Fake, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "error",
    [
        RuleError("rule x failed on a\nb.c: SyntaxError: \x1b[2J"),
        ValueError("boom\nand more"),
        RecursionError(),
    ],
)
def test_a_broken_rule_or_a_fault_is_2_never_clean(
    fake: Fake, capsys: Capture, error: Exception
) -> None:
    fake.error = error
    assert cli.main([SERIES]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert str(error)[:4] in err


def test_verbose_shows_where_a_fault_is(fake: Fake, capsys: Capture) -> None:
    fake.error = ValueError("boom")
    assert cli.main(["-v", SERIES]) == 2
    assert "internal error: ValueError: boom\nTraceback" in capsys.readouterr().err


def test_unreadable_file_of_all_is_2(fake: Fake, capsys: Capture) -> None:
    fake.error = FileNotFoundError(2, "No such file or directory", "a.c")
    assert cli.main(["--all", "a.c"]) == 2
    assert capsys.readouterr().err == "rmilint: a.c: No such file or directory\n"


def test_interrupt_is_quiet(fake: Fake, capsys: Capture) -> None:
    fake.error = KeyboardInterrupt()
    assert cli.main([SERIES]) == 130
    assert capsys.readouterr() == ("", "")


# -- inputs -----------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input(fake: Fake, monkeypatch: Patcher, arguments: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(PATCH))
    assert cli.main(arguments) == 0
    assert [mail.subject.title for mail in fake.mails] == ["firmware: count"]


def test_no_input_on_a_terminal_is_a_usage_error(
    fake: Fake, monkeypatch: Patcher, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(terminal=True))
    assert cli.main([]) == 2
    assert "usage: rmilint" in capsys.readouterr().err


def test_inputs_are_joined_in_order(fake: Fake, tmp_path: Path) -> None:
    for name in ("b", "a"):
        path = tmp_path / f"{name}.patch"
        path.write_bytes(PATCH.replace(b"firmware", name.encode()))
    assert cli.main([str(tmp_path / "b.patch"), str(tmp_path / "a.patch")]) == 0
    assert [mail.subject.title for mail in fake.mails] == ["b: count", "a: count"]


def test_git_range_of_the_tree(fake: Fake, monkeypatch: Patcher, capsys: Capture) -> None:
    asked: list[tuple[str, str]] = []

    def read_range(repo: str, revisions: str) -> list[Mail]:
        asked.append((repo, revisions))
        if revisions == "bad":
            raise GitError("fatal: bad revision")
        return []

    monkeypatch.setattr("linter.intake.git.read_range", read_range)
    assert cli.main(["--git", "A..B"]) == 0
    assert cli.main(["--git", "A..B", "--tree", ".."]) == 0
    assert asked == [(".", "A..B"), ("..", "A..B")]
    assert cli.main(["--git", "bad"]) == 2
    assert "fatal: bad revision" in capsys.readouterr().err


def test_the_tree_is_the_repository_around(fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "work" / ".git").mkdir()
    cli.main([SERIES])
    assert fake.tree is not None
    assert fake.tree.directory == str(tmp_path / "work")


def test_no_repository_around_is_no_tree(fake: Fake) -> None:
    cli.main([SERIES])
    assert fake.tree is None


def test_a_tree_asked_for_may_be_a_plain_directory(fake: Fake, tmp_path: Path) -> None:
    cli.main(["--tree", str(tmp_path), SERIES])
    assert fake.tree is not None
    assert fake.tree.directory == str(tmp_path)


def test_all_hands_over_the_paths(fake: Fake) -> None:
    assert cli.main(["--all", "a.c", "dir"]) == 0
    assert fake.paths == ["a.c", "dir"]


# -- rules ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["alpha", "beta"]),
        (["--select", "gamma,alpha"], ["alpha", "gamma"]),
        (["--select", "gamma", "--select", " beta ,"], ["beta", "gamma"]),
        (["--ignore", "alpha"], ["beta"]),
        (["--select", "alpha,beta", "--ignore", "beta"], ["alpha"]),
    ],
)
def test_select_and_ignore(fake: Fake, arguments: list[str], names: list[str]) -> None:
    cli.main([*arguments, SERIES])
    assert fake.rules == names


def test_help_has_every_option_under_what_it_is_for() -> None:
    parts = cli.parser().format_help().split("\n\n")
    options = next(part for part in parts if part.startswith("options:"))
    assert options.split()[1:3] == ["-h,", "--help"] and options.count("\n") == 1
    titles = [part.split("\n")[0] for part in parts if part.split("\n")[0].endswith(":")]
    assert titles[1:] == [
        "what to read:",
        "what to report:",
        "how to write it:",
        "instead of a report:",
        "proof:",
        "many inputs:",
    ]


def test_list_rules(fake: Fake, capsys: Capture) -> None:
    assert cli.main(["--list-rules"]) == 0
    assert capsys.readouterr().out == (
        "alpha  warning  function  the alpha hazard\n"
        "beta   warning  function  the beta hazard\n"
        "gamma  off      function  the gamma hazard\n"
    )


def test_explain_prints_the_readme_safely(fake: Fake, capsys: Capture) -> None:
    assert cli.main(["--explain", "gamma"]) == 0
    assert capsys.readouterr().out == "# gamma\n\nWhat it catches: \\x1b[31mred.\n"


def test_version_names_the_rule_set(fake: Fake, capsys: Capture) -> None:
    assert cli.main(["--version"]) == 0
    identity = registry.ruleset_id(registry.load())
    assert capsys.readouterr().out == f"rmilint {__version__} (rules {identity})\n"


# -- output -----------------------------------------------------------------


def test_lines_for_programs(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [finding(ERROR), finding(INFO)]
    fake.report.notes = [Note("x.mbox", 1, "repaired")]
    cli.main([SERIES])
    assert capsys.readouterr() == ("a.c:3:2: ERROR: something is wrong [some-rule]\n", "")
    cli.main(["-v", SERIES])
    assert capsys.readouterr().out.splitlines() == [
        "a.c:3:2: ERROR: something is wrong [some-rule]",
        "a.c:3:2: info: something is wrong [some-rule]",
        "x.mbox:1: note: repaired",
    ]


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),  # no-color.org: only when not empty
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_page_and_colour_on_a_terminal(
    fake: Fake,
    capsys: Capture,
    monkeypatch: Patcher,
    terminal: Callable[[], None],
    arguments: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    fake.report.findings = [finding()]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal()
    cli.main([*arguments, SERIES])
    out = capsys.readouterr().out
    assert "1 warning in" in out
    assert ("\x1b[" in out) is coloured


def test_color_always_writes_the_page_into_a_pipe(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [finding()]
    cli.main(["--color", "always", SERIES])
    assert "\x1b[1m[PATCH] firmware: count\x1b[m\n" in capsys.readouterr().out


def test_json(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [finding(path="\x1b\udcff.c")]
    assert cli.main(["--format", "json", SERIES]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["path"] == "\x1b\\xff.c"


@pytest.mark.parametrize(
    ("columns", "width"),
    [(120, 100), (100, 100), (72, 72), (60, 60), (20, 60), (0, 80), (None, 80)],
)
def test_the_page_is_as_wide_as_the_terminal_within_reason(
    fake: Fake, capsys: Capture, monkeypatch: Patcher, columns: int | None, width: int
) -> None:
    def size(descriptor: int) -> os.terminal_size:
        assert descriptor == 1
        if columns is None:
            raise OSError(25, "Inappropriate ioctl for device")
        return os.terminal_size((columns, 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1)
    fake.report.findings = [finding()]
    fake.report.findings[0].why = "word " * 200
    cli.main(["--color", "always", SERIES])
    widest = max(map(len, capsys.readouterr().out.split("\n")))
    assert width - len("word ") < widest <= width


# -- baseline ---------------------------------------------------------------


def known(name: str, severity: str = WARNING) -> Finding:
    made = finding(severity)
    made.rule, made.function = "alpha", name
    made.fingerprint = name[0] * 16
    return made


def test_a_baseline_is_written_instead_of_a_report(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [known("b"), known("a", ERROR), known("c", INFO)]
    assert cli.main(["--write-baseline", "known", SERIES]) == 0
    assert capsys.readouterr() == ("", "rmilint: known: 3 findings written\n")
    lines = Path("known").read_text().splitlines()
    assert [line.split("\t")[0] for line in lines[2:]] == ["a" * 16, "b" * 16, "c" * 16]


def test_what_a_baseline_holds_is_not_reported(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [known("a"), known("b")]
    Path("known").write_text(f"{'a' * 16}\talpha\n{'d' * 16}\talpha\tk.c\n{'e' * 16}\tgamma\n")
    assert cli.main(["--baseline", "known", SERIES]) == 1
    row = "a.c:3:2: warning: something is wrong [alpha]\n"
    assert capsys.readouterr() == (row, "")
    fake.report.findings = [known("a")]
    fake.report.suppressed, fake.report.notes = 0, []
    assert cli.main(["-v", "--baseline", "known", SERIES]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "known:2: note: matches nothing: alpha k.c",
        "-: note: 1 finding in the baseline not reported",
    ]


def test_json_counts_what_is_held_back(fake: Fake, capsys: Capture) -> None:
    fake.report.findings = [known("a")]
    Path("known").write_text(f"{'a' * 16}\n{'d' * 16}\tbeta\n")
    assert cli.main(["--format", "json", "--baseline", "known", SERIES]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["summary"]["suppressed"] == 1
    assert whole["notes"] == [{"source": "known", "line": 2, "text": "matches nothing: beta"}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--baseline", "absent"], "absent: No such file or directory"),
        (["--baseline", "bad"], "bad:1: 'nonsense' is no fingerprint"),
        (["--write-baseline", "absent/known"], "absent/known: No such file or directory"),
        (["--write-baseline", "x", "--diff"], "--diff writes a diff and nothing else"),
        (["--format", "json", "--diff"], "--diff writes a diff and nothing else"),
    ],
)
def test_what_cannot_be_done_with_a_baseline_is_2(
    fake: Fake, capsys: Capture, arguments: list[str], said: str
) -> None:
    Path("bad").write_text("nonsense\n")
    assert cli.main([*arguments, SERIES]) == 2
    assert capsys.readouterr() == ("", f"rmilint: {said}\n")


def test_a_real_baseline_holds_all_of_it(
    tmp_path: Path, monkeypatch: Patcher, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([SERIES]) == 1
    rows = capsys.readouterr().out.splitlines()
    assert cli.main([SERIES, "--write-baseline", "known"]) == 0
    capsys.readouterr()
    assert cli.main([SERIES, "--baseline", "known"]) == 0
    assert capsys.readouterr() == ("", "")
    lines = Path("known").read_text().splitlines(keepends=True)
    Path("known").write_text("".join(lines[:-1]))  # somebody deletes the last one
    assert cli.main([SERIES, "--baseline", "known"]) == 1
    (row,) = capsys.readouterr().out.splitlines()
    assert row in rows


# -- configuration ----------------------------------------------------------


def test_the_file_of_a_tree_is_read(fake: Fake, capsys: Capture) -> None:
    Path(".rmilint.conf").write_text("--ignore alpha\n--format json\n")
    assert cli.main([SERIES]) == 0
    assert fake.rules == ["beta"]
    assert json.loads(capsys.readouterr().out)["format"] == "rmilint/1"
    assert cli.main(["--no-config", SERIES]) == 0
    assert fake.rules == ["alpha", "beta"]
    assert capsys.readouterr().out == ""


def test_a_rule_that_is_no_more_is_told_with_its_line(fake: Fake, capsys: Capture) -> None:
    Path(".rmilint.conf").write_text("# ours\n--ignore alpha,betta\n")
    assert cli.main([SERIES]) == 2
    said = "rmilint: .rmilint.conf:2: no rule is called 'betta'; did you mean beta?\n"
    assert capsys.readouterr() == ("", said)
    assert cli.main(["--no-config", SERIES]) == 0


@pytest.mark.parametrize("option", ["--version", "--list-rules"])
def test_a_bad_file_does_not_stop_other_answers(fake: Fake, capsys: Capture, option: str) -> None:
    Path(".rmilint.conf").write_text("--nonsense\n")
    assert cli.main([option]) == 0


# -- diff -------------------------------------------------------------------


MENDABLE = """\
#include <linux/rmi.h>

static int ask_limit(unsigned long rd, u64 *limit)
{
\tstruct arm_smccc_res out;

\tarm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
\tif (out.a0)
\t\treturn -ENXIO;
\t*limit = out.a1;
\treturn 0;
}

int use_limit(unsigned long rd)
{
\tu64 limit;

\tif (ask_limit(rd, &limit)) {
\t\tpr_err("limit %llu\\n", limit);
\t\treturn -ENXIO;
\t}
\treturn limit > 7;
}
"""
ONLY = ("--select", "out-value-on-error")


def mail(path: str, source: str) -> bytes:
    lines = source.splitlines()
    body = "".join(f"+{line}\n" for line in lines)
    return (
        "From: Ada Author <ada@example.org>\nSubject: [PATCH] rmi: ask\n"
        f"Message-ID: <1@example.org>\n\nAsk.\n\n---\n"
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n"
        f"+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}-- \n2.43.0\n"
    ).encode()


def test_a_diff_on_top_of_the_series(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "0001.patch").write_bytes(mail("k/rmi.c", MENDABLE))
    assert cli.main(["--diff", *ONLY, "0001.patch"]) == 1
    out, err = capfdbinary.readouterr()
    assert err == b"rmilint: 1 of 1 finding mended\n"
    assert out.startswith(b"diff --git a/k/rmi.c b/k/rmi.c\n")
    assert b"\n-\tu64 limit;\n+\tu64 limit = 0;\n" in out
    # the series, then the diff: the finding is gone
    again = ["git", "-C", str(folder), "apply", "-"]
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    for change in (mail("k/rmi.c", MENDABLE), out):
        subprocess.run(again, input=change, check=True, env=environment)
    assert cli.main(["--all", *ONLY, "k"]) == 0


def test_a_diff_of_files_as_they_are(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "rmi.c").write_text(MENDABLE)
    assert cli.main(["--diff", "--all", *ONLY, "rmi.c"]) == 1
    assert b"+\tu64 limit = 0;\n" in capfdbinary.readouterr().out


def test_nothing_to_mend_is_no_diff(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "rmi.c").write_text(MENDABLE.replace("limit;\n\n", "limit = 0;\n\n"))
    assert cli.main(["--diff", "--all", *ONLY, "rmi.c"]) == 0
    assert capfdbinary.readouterr() == (b"", b"rmilint: 0 of 0 findings mended\n")


def test_what_a_baseline_holds_is_not_mended(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "0001.patch").write_bytes(mail("k/rmi.c", MENDABLE))
    cli.main([*ONLY, "--write-baseline", "known", "0001.patch"])
    capfdbinary.readouterr()
    assert cli.main(["--diff", *ONLY, "--baseline", "known", "0001.patch"]) == 0
    assert capfdbinary.readouterr().out == b""


def test_a_terminal_gets_no_control_characters(
    folder: Path, capsys: Capture, terminal: Callable[[], None]
) -> None:
    (folder / "rmi.c").write_text(MENDABLE.replace("int use", "/* \x1b[2J */\nint use"))
    terminal()
    assert cli.main(["--diff", "--all", *ONLY, "rmi.c"]) == 1
    out = capsys.readouterr().out
    assert "\n /* \\x1b[2J */\n" in out
    assert "\n+\tu64 limit = 0;\n" in out


def test_two_series_cannot_be_mended_by_one_diff(folder: Path, capsys: Capture) -> None:
    for number in (2, 3):
        data = mail("k/rmi.c", MENDABLE).replace(b"[PATCH]", b"[PATCH v%d]" % number)
        data = data.replace(b"<1@", b"<%d@" % number)
        (folder / f"v{number}.patch").write_bytes(data)
    assert cli.main(["--diff", *ONLY, "v2.patch", "v3.patch"]) == 2
    said = "rmilint: --diff mends one series or patch; the input has 2 to mend\n"
    assert capsys.readouterr() == ("", said)


def test_the_page_says_what_can_be_mended(
    folder: Path, capsys: Capture, terminal: Callable[[], None]
) -> None:
    (folder / "0001.patch").write_bytes(mail("k/rmi.c", MENDABLE))
    terminal()
    cli.main([*ONLY, "0001.patch"])
    assert capsys.readouterr().out.endswith("1 error in 1 patch, 1 file; --diff mends 1\n")


# -- nothing to do ----------------------------------------------------------


C_TEXT = b"/* diff --git is a word here, @@ too */\nint rmi_count(void)\n{\n\treturn 1;\n}\n"
LETTER = b"Subject: lunch\n\nAt noon?\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Patcher) -> Path:
    """An empty current directory, without a repository around it."""
    place = tmp_path / "inputs"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(place))
    return place


def test_standard_input_without_a_patch_is_clean_and_noted(
    folder: Path, monkeypatch: Patcher, capsys: Capture
) -> None:
    for data in (LETTER, b""):
        monkeypatch.setattr(sys, "stdin", Stdin(data))
        assert cli.main([]) == 0
        assert capsys.readouterr() == ("", "")
        monkeypatch.setattr(sys, "stdin", Stdin(data))
        assert cli.main(["-v"]) == 0
        assert capsys.readouterr() == ("-: note: no patch in it\n", "")


@pytest.mark.parametrize("data", [b"", LETTER, bytes(range(256)) * 9])
def test_named_input_without_a_patch_is_0_and_told(
    folder: Path, capsys: Capture, data: bytes
) -> None:
    (folder / "x").write_bytes(data)
    assert cli.main(["x"]) == 0
    assert capsys.readouterr() == ("", "rmilint: x: no patch in it\n")


def test_json_keeps_what_was_told(folder: Path, capsys: Capture) -> None:
    (folder / "x").write_bytes(b"")
    assert cli.main(["--format", "json", "x"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert notes == [{"source": "x", "line": 0, "text": "no patch in it"}]


def test_of_several_inputs_the_one_without_a_patch_is_told(folder: Path, capsys: Capture) -> None:
    (folder / "0001.patch").write_bytes(PATCH)
    (folder / "0000.patch").write_bytes(b"Subject: [PATCH 0/1] cover\n\nAll of it.\n")
    (folder / "reply").write_bytes(b"Subject: Re: count\n\n> diff --git a/x.c b/x.c\nNo.\n")
    (folder / "letter").write_bytes(LETTER)
    assert cli.main(["0000.patch", "0001.patch", "letter", "reply"]) == 0
    assert capsys.readouterr() == ("", "rmilint: letter: no patch in it\n")
    assert cli.main(["0000.patch"]) == 0
    assert capsys.readouterr().err == "rmilint: 0000.patch: no patch in it\n"


def test_empty_folder_and_range_are_told(
    folder: Path, monkeypatch: Patcher, capsys: Capture
) -> None:
    monkeypatch.setattr("linter.intake.git.read_range", lambda repo, revisions: [])
    assert cli.main([str(folder)]) == 0
    assert cli.main(["--git", "HEAD..HEAD"]) == 0
    said = f"rmilint: {folder}: no patch in it\nrmilint: HEAD..HEAD: no patch in it\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("name", ["a.c", "a.h"])
def test_c_file_without_all_is_2(folder: Path, capsys: Capture, name: str) -> None:
    (folder / "0001.patch").write_bytes(PATCH)
    for data in (C_TEXT, b""):
        (folder / name).write_bytes(data)
        assert cli.main(["0001.patch", name]) == 2
        said = f"rmilint: {name}: a C file, no patch; use --all to lint its lines\n"
        assert capsys.readouterr() == ("", said)


def test_folder_of_c_files_without_all_is_2(folder: Path, capsys: Capture) -> None:
    (folder / "tree" / "kvm").mkdir(parents=True)
    (folder / "tree" / "Makefile").write_text("obj-y += kvm/\n")
    (folder / "tree" / "kvm" / "rmi.c").write_bytes(C_TEXT)
    assert cli.main(["tree"]) == 2
    said = "rmilint: tree: C files, no patch; use --all to lint their lines\n"
    assert capsys.readouterr() == ("", said)
    (folder / "tree" / "0001.patch").write_bytes(PATCH)  # one among them: that is the input
    assert cli.main(["tree"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_patch_may_have_the_name_of_a_c_file(folder: Path, capsys: Capture) -> None:
    (folder / "fix-count.c").write_bytes(PATCH)
    assert cli.main(["fix-count.c"]) == 0
    assert capsys.readouterr() == ("", "")


def test_all_of_what_is_no_c_file_is_2(folder: Path, capsys: Capture) -> None:
    (folder / "a.c").write_bytes(C_TEXT)
    (folder / "a.patch").write_bytes(PATCH)
    assert cli.main(["--all", "a.c", "a.patch"]) == 2
    said = "rmilint: a.patch: no C file; without --all it is read as a patch\n"
    assert capsys.readouterr() == ("", said)


def test_all_without_a_c_file_is_0_and_told(folder: Path, capsys: Capture) -> None:
    for name in ("none", "some"):
        (folder / name).mkdir()
    (folder / "some" / "a.h").write_bytes(C_TEXT)
    assert cli.main(["--all", "some", "none"]) == 0
    assert capsys.readouterr() == ("", "rmilint: none: no C file in it\n")


def test_folder_that_all_cannot_read_is_2(
    folder: Path, monkeypatch: Patcher, capsys: Capture
) -> None:
    (folder / "tree" / "secret").mkdir(parents=True)
    (folder / "tree" / "a.c").write_bytes(C_TEXT)
    scandir = os.scandir

    def scan(path: str) -> Any:  # permissions do not stop a test that root runs
        if path.endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    assert cli.main(["--all", "tree"]) == 2
    assert capsys.readouterr() == ("", "rmilint: tree/secret: Permission denied\n")


def test_a_patch_that_could_not_be_checked_is_a_row_and_0(fake: Fake, capsys: Capture) -> None:
    fake.report.unchecked_patches = [PatchRef(1, 1, "[PATCH] firmware: count", "")]
    assert cli.main([SERIES]) == 0
    row = "[PATCH] firmware: count: names RMI, but nothing of it could be checked\n"
    assert capsys.readouterr() == (row, "")


@pytest.mark.parametrize("arguments", [[SERIES], ["--version"], ["--list-rules"]])
def test_closed_standard_output_is_2(
    fake: Fake, monkeypatch: Patcher, capsys: Capture, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == "rmilint: standard output is closed\n"


def test_closed_standard_error_does_not_turn_complaints_into_output(
    fake: Fake, monkeypatch: Patcher, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["absent"]) == 2
    assert capsys.readouterr().out == ""

"""rmilint as a checker of b4's prep, am and review: the real b4, without a network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
B4 = Path(sys.executable).with_name("b4")

CLEAN = """\
int lend_count(void)
{
\treturn 2;
}
"""

# One rule whose severity the test chooses; the test is about b4, not about a hazard.
RULE = """\
SEVERITY = {severity!r}
NEEDS = "line"
TITLE = "a line says HAZARD"
WORDS = (("HAZARD_{severity}",),)


def check(unit):
    from linter.finding import Finding

    for number, line in enumerate(unit.source.decode().split("\\n"), 1):
        at = line.find("HAZARD_{severity}")
        if at >= 0:
            end = (number, at + len("HAZARD_{severity}") + 1)
            finding = Finding("", {severity!r}, unit.path, number, at + 1, end, "rmi_ hazard")
            finding.line_text = line
            yield finding
"""


class Repository:
    """A small git repository on a b4 prep branch, with nothing of the user's around it.

    b4 checks its patches with `rmilint --rules rules`, a console script of the test's own.
    """

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self.rules = folder / "rules"
        home = folder / "home"
        self.tree.mkdir()
        home.mkdir()
        for severity in ("error", "warning", "info"):
            (self.rules / f"says-{severity}").mkdir(parents=True)
            (self.rules / f"says-{severity}" / "rule.py").write_text(RULE.format(severity=severity))
        script = folder / "rmilint"
        script.write_text(
            f"#!{sys.executable}\nimport sys\nfrom linter.cli import main\nsys.exit(main())\n"
        )
        script.chmod(0o755)
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        self.environment = kept | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_DATA_HOME": str(home / "data"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": str(ROOT),
        }
        self.run("git", "init", "-q", "-b", "main")
        self.run("git", "config", "user.name", "Ada Author")
        self.run("git", "config", "user.email", "ada@example.org")
        self.run("git", "config", "b4.prep-perpatch-check-cmd", f"{script} --rules {self.rules}")
        self.commit("lend.c", "int lend_count(void);\n", "Base")
        self.run(str(B4), "--offline-mode", "-n", "prep", "-n", "lend", "-f", "main")

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.tree,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        text = done.stdout.decode()
        assert done.returncode == 0, text
        return text

    def commit(self, path: str, text: str, subject: str) -> None:
        (self.tree / path).write_text(text)
        self.run("git", "add", path)
        self.run("git", "commit", "-q", "-m", subject, "-m", "A body.")

    def check(self) -> list[str]:
        """The lines of `b4 prep --check` between its rulers, without colour."""
        out = re.sub(r"\x1b\[[0-9;]*m", "", self.run(str(B4), "--offline-mode", "prep", "--check"))
        lines = out.split("\n")
        rulers = [number for number, line in enumerate(lines) if line == "---"]
        return lines[rulers[0] + 1 : rulers[1]] + lines[rulers[1] + 1 :]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_findings_become_rows(repository: Repository) -> None:
    repository.commit("a.c", CLEAN.replace("2", "rmi_HAZARD_error()"), "An error")
    repository.commit("b.c", CLEAN.replace("2", "rmi_HAZARD_warning()"), "A warning")
    repository.commit("c.c", CLEAN.replace("2", "rmi_HAZARD_info()"), "Only information")
    repository.commit("lend.c", CLEAN.replace("2", "rmi_lend_count()"), "A clean one")
    repository.commit("notes.txt", "rmi_HAZARD_error\n", "No code at all")
    rows = repository.check()
    # One row a patch; below it one row a finding, none where all is well.
    assert [re.sub(r"[0-9a-f]{12}", "COMMIT", row) for row in rows if row] == [
        "\u25cf COMMIT: An error",
        "  \u25cf rmilint: a.c:3:13: ERROR: rmi_ hazard [says-error]",
        "\u25cf COMMIT: A warning",
        "  \u25cf rmilint: b.c:3:13: warning: rmi_ hazard [says-warning]",
        "\u25cf COMMIT: Only information",
        "\u25cf COMMIT: A clean one",
        "\u25cf COMMIT: No code at all",
        "Success: 3, Warning: 1, Error: 1",
    ]


def test_a_checker_that_cannot_work_fails_the_patch(repository: Repository) -> None:
    repository.commit("a.c", CLEAN, "A clean one")
    (repository.rules / "says-error" / "rule.py").write_text("SEVERITY = \n")
    rows = repository.check()
    assert "says-error/rule.py: SyntaxError" in rows[1]
    assert "Success: 0, Warning: 0, Error: 1" in rows


# -- b4 am -------------------------------------------------------------------

NEW_FILE = """\
Message-ID: <{name}@example.org>
From: Ada Author <ada@example.org>
Date: Mon, 2 Mar 2026 1{index}:00:00 +0000
Subject: [PATCH {index}/3] {name}
To: list@example.org
{thread}
A body.

Signed-off-by: Ada Author <ada@example.org>
---
 {name}.c | 4 ++++
 1 file changed, 4 insertions(+)

diff --git a/{name}.c b/{name}.c
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/{name}.c
@@ -0,0 +1,4 @@
+int lend_count(void)
+{{
+\treturn {call}();
+}}
--\x20
2.39.5

"""


def posted() -> list[str]:
    """Three mails of a series: an error, a warning, nothing."""
    thread, mails = "", []
    for index, (name, call) in enumerate(
        (("one", "rmi_HAZARD_error"), ("two", "rmi_HAZARD_warning"), ("three", "rmi_lend")), 1
    ):
        mails.append(NEW_FILE.format(name=name, call=call, index=index, thread=thread))
        thread = "In-Reply-To: <one@example.org>\nReferences: <one@example.org>\n"
    return mails


def test_am_shows_findings_below_their_patch(repository: Repository, tmp_path: Path) -> None:
    command = repository.run("git", "config", "b4.prep-perpatch-check-cmd").strip()
    repository.run("git", "config", "b4.am-perpatch-check-cmd", command)
    mbox = tmp_path / "series.mbox"
    mbox.write_text("".join(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{m}" for m in posted()))
    out = repository.run(
        *(str(B4), "--offline-mode", "-n", "am", "--check", "--no-cover", "-o", str(tmp_path)),
        *("-m", str(mbox), "one@example.org"),
    )
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()
    shown = [re.sub(r"^[\s\u25cf]+", "", line) for line in lines]
    assert [line for line in shown if re.match(r"\[PATCH [1-3]/3\]|rmilint: ", line)] == [
        "[PATCH 1/3] one",
        "rmilint: one.c:3:13: ERROR: rmi_ hazard [says-error]",
        "[PATCH 2/3] two",
        "rmilint: two.c:3:13: warning: rmi_ hazard [says-warning]",
        "[PATCH 3/3] three",
        "rmilint: passed all checks",
    ]


# -- b4 review ---------------------------------------------------------------

# What its screen does for each patch, and what it finds in its cache the next time.
REVIEW = """\
import email, json, sys
import b4
from b4.review import checks

b4.setup_config(b4.command.setup_parser().parse_args(["prep", "--show-info"]))
patches = []
for text in json.load(sys.stdin):
    message = email.message_from_string(text, policy=b4.emlpolicy)
    patches.append((message["message-id"].strip("<>"), message))
commands, _ = checks.load_check_cmds()
results = checks.run_perpatch_checks(patches, commands, b4.git_get_toplevel())
cache = checks.get_db()
for msgid, found in results.items():
    checks.store_results(cache, msgid, found)
print(json.dumps(checks.get_cached_results(cache, list(results))))
"""


def test_review_has_a_result_a_patch(repository: Repository, tmp_path: Path) -> None:
    command = repository.run("git", "config", "b4.prep-perpatch-check-cmd").strip()
    repository.run("git", "config", "b4.review-perpatch-check-cmd", f"{command} --format b4-json")
    mails = tmp_path / "mails"
    mails.write_text(json.dumps(posted()))
    script = f"import sys; sys.stdin = open({str(mails)!r}); import b4.command\n{REVIEW}"
    results = json.loads(repository.run(sys.executable, "-c", script).splitlines()[-1])
    summaries = {
        msgid: [(found["tool"], found["status"], found["summary"]) for found in all_found]
        for msgid, all_found in results.items()
    }
    assert summaries == {
        "one@example.org": [("rmilint", "fail", "1 error")],
        "two@example.org": [("rmilint", "warn", "1 warning")],
        "three@example.org": [("rmilint", "pass", "nothing found")],
    }
    # what the screen shows of a result: a list of findings, each with the line it is about
    assert json.loads(results["one@example.org"][0]["details"]) == [
        {
            "status": "fail",
            "description": "one.c:3:13: rmi_ hazard [says-error]",
            "srcline": "return rmi_HAZARD_error();",
        }
    ]


def test_review_is_told_of_a_checker_that_cannot_work(
    repository: Repository, tmp_path: Path
) -> None:
    command = repository.run("git", "config", "b4.prep-perpatch-check-cmd").strip()
    repository.run("git", "config", "b4.review-perpatch-check-cmd", f"{command} --format b4-json")
    (repository.rules / "says-error" / "rule.py").write_text("SEVERITY = \n")
    mails = tmp_path / "mails"
    mails.write_text(json.dumps(posted()[:1]))
    script = f"import sys; sys.stdin = open({str(mails)!r}); import b4.command\n{REVIEW}"
    results = json.loads(repository.run(sys.executable, "-c", script).splitlines()[-1])
    (found,) = results["one@example.org"]
    assert (found["status"], found["summary"]) == ("fail", "exited with error code 2")
    assert "says-error/rule.py: SyntaxError" in found["details"]

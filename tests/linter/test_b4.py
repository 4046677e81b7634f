"""`b4 prep --check` with rmilint as its checker: the real b4, without a network."""

from __future__ import annotations

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

"""What holds for the project as a whole: layers, start-up, what is shipped."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = sorted((ROOT / "rules").glob("*/*.py"))

# Each costs a visible part of a run, and b4 starts rmilint once a patch.
SLOW = {"dataclasses", "email", "inspect", "json", "logging", "subprocess", "textwrap", "traceback"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_layers() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", RULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_rule_imports_only_what_stands_below_it(path: Path) -> None:
    """lint-imports sees no rule: its folder is named as the rule, with dashes."""
    allowed = {
        "rule.py": ("linter.source", "linter.intake", "linter.finding", "linter.lazy", "rules."),
        "watch.py": ("linter.finding", "replay.", "traces.", "rules."),
        # the one kind that `linter.witness` loads, and is written in its terms
        "scenario.py": ("linter.finding", "linter.witness", "replay.", "traces.", "rules."),
    }[path.name]
    for name in imported(path):
        if name.partition(".")[0] in ("linter", "rules", "replay", "traces"):
            assert name.startswith(allowed), f"{path} imports {name}"


def test_a_run_imports_nothing_slow_that_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); from linter.cli import main; main([]); "
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=(ROOT / "samples" / "lend-v2.mbox").read_bytes(),
        capture_output=True,
        cwd=tmp_path,  # no git tree, so nothing is asked of git
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    modules = set(done.stderr.decode().split())
    assert b"ERROR: " in done.stdout  # the rules did run
    assert "linter.source.unit" in modules
    assert not SLOW & modules


def test_the_sample_applies(tmp_path: Path) -> None:
    """git itself takes the three patches, and counts what their diffstats say."""
    text = (ROOT / "samples" / "lend-v2.mbox").read_text(encoding="utf-8")
    mails = [f"From {mail}" for mail in text.split("\nFrom ")]
    assert [mail.split("Subject: ")[1].split("]")[0] for mail in mails] == [
        "[PATCH v2 0/3",
        "[PATCH v2 1/3",
        "[PATCH v2 2/3",
        "[PATCH v2 3/3",
        "Re: [PATCH v2 2/3",
    ]
    (tmp_path / "drivers" / "firmware").mkdir(parents=True)
    (tmp_path / "drivers" / "firmware" / "Makefile").write_text(
        "# SPDX-License-Identifier: Apache-2.0\n"
        "obj-$(CONFIG_ACME_MAILBOX)\t+= acme_mailbox.o\n"
        "obj-$(CONFIG_ACME_VAULT)\t+= acme_vault.o\n"
        "obj-y\t\t\t\t+= acme_core.o\n"
    )
    for mail in mails[1:4]:
        done = subprocess.run(
            ["git", "apply", "--whitespace=error", "-"],
            input=mail.encode(),
            cwd=tmp_path,
            capture_output=True,
            env=os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        )
        assert done.returncode == 0, done.stderr.decode()
    assert len((tmp_path / "drivers/firmware/rmi_lend.c").read_text().splitlines()) == 79


@pytest.mark.parametrize(
    "command",
    [
        ["bench/startup.py", "--runs", "1"],
        ["bench/noise.py", "rules/widened-range/examples"],
        ["bench/dialect.py", "rules/widened-range/examples"],
    ],
    ids=lambda command: str(command[0]),
)
def test_a_bench_runs(command: list[str]) -> None:
    """Their figures are for people; that they still run is for us."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d", done.stdout)

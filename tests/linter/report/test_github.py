"""Workflow commands: read back by the rules that GitHub's runner reads them with."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.check import lint_mails
from linter.finding import Finding, Report
from linter.intake.mail import read_mails
from linter.report.github import render
from rules import registry

Make = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "lend-v2.mbox"


def unescaped(text: str, *more: tuple[str, str]) -> str:
    """As the runner does it: the escapes of a message, or of a property; `%25` last."""
    for escape, plain in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escape, plain)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """(command, properties, message) of each line, as the runner takes them apart."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        assert match, line
        properties = {}
        for part in match[2].split(","):
            name, _, value = part.partition("=")
            properties[name] = unescaped(value, ("%3A", ":"), ("%2C", ","))
        found.append((match[1], properties, unescaped(match[3])))
    return found


def test_a_command_for_each_finding_and_each_patch_not_checked(full: Report) -> None:
    first, second, third, unchecked = commands(render(full))
    assert first[:2] == (
        "error",
        # a later patch takes it away, so no line of the last state has it
        {"file": "drivers/firmware/lend.c", "title": "widened-range"},
    )
    assert first[2].split("\n")[:2] == [
        "first is rounded down and then given to the RMM, which names memory below it",
        "[PATCH v2 2/3] firmware: lend memory, line 18 (gone in 3/3)",
    ]
    assert first[2].endswith("\nfix: Refuse a range that is not aligned.")
    assert second[:2] == (
        "warning",
        {
            "file": "drivers/firmware/lend.c",
            "line": "40",
            "endLine": "41",
            "title": "warn-continue",
        },
    )
    assert third[0] == "notice"
    assert (third[1]["line"], third[1]["col"], third[1]["endColumn"]) == ("9", "1", "7")
    assert unchecked[1] == {"title": "rmilint"}
    assert unchecked[2].startswith("[PATCH v2 1/3] firmware: probe: names RMI")


def test_lines_are_those_of_the_last_patch() -> None:
    """Patch 2 of the sample puts ten lines above what patch 1 brings to the header, in line 18."""
    head, _ = SAMPLE.read_text().rsplit("diff --git a/include", 1)
    # in the place of its cure, patch 3 adds two lines at the top
    grown = (
        f"{head}diff --git a/include/linux/rmi_lend.h b/include/linux/rmi_lend.h\n"
        "--- a/include/linux/rmi_lend.h\n+++ b/include/linux/rmi_lend.h\n"
        "@@ -0,0 +1,2 @@\n+/* one */\n+/* two */\n-- \n2.39.5\n"
    )
    rules = registry.select(registry.load([]), ["warn-as-status"], [])
    report = lint_mails(read_mails(grown.encode(), "lend"), rules)
    (_, properties, message), *_ = commands(render(report))
    assert properties["line"] == "30"
    assert "tracks, line 18\n" in message


@settings(max_examples=80)
@given(
    text=st.text(max_size=40),
    path=st.text(min_size=1, max_size=20),
    rule=st.text(min_size=1, max_size=10),
)
def test_nothing_in_a_patch_makes_a_command(
    finding: Make, report: Make, text: str, path: str, rule: str
) -> None:
    found: Finding = finding(message=f"x{text}", path=f"x{path}", rule=f"x{rule}", why=text)
    (command,) = commands(render(report([found])))
    assert command[0] == "warning"
    assert set(command[1]) == {"file", "line", "col", "endColumn", "title"}

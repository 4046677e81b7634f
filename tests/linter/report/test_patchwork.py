"""Checks for Patchwork: what its API accepts, one a patch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linter.check import lint_mails
from linter.finding import ERROR, INFO, PatchRef, Report
from linter.intake.mail import read_mails, read_path
from linter.report.patchwork import render
from rules import registry

Make = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "lend-v2.mbox"


def test_a_check_a_patch_the_clean_one_too() -> None:
    report = lint_mails(read_path(str(SAMPLE)), registry.load([]))
    checks = json.loads(render(report))
    assert [(check["msgid"], check["state"]) for check in checks] == [
        ("20260302120000.1-ada@example.org", "fail"),
        ("20260302120000.2-ada@example.org", "fail"),
        ("20260302120000.3-ada@example.org", "success"),
    ]
    for check in checks:
        # patchwork.models.Check: a slug, a URL or null, a text; states by their names
        assert re.fullmatch(r"[-a-zA-Z0-9_]+", check["context"])
        assert check["state"] in ("pending", "success", "warning", "fail")
        assert check["target_url"] is None
    assert checks[0]["description"] == "3 errors: widened-range, warn-as-status"
    assert checks[2]["description"] == "nothing found"


def test_states_by_the_worst_finding(finding: Make, report: Make) -> None:
    refs = [PatchRef(n, 4, f"[PATCH {n}/4] x", f"{n}@example.org") for n in range(1, 5)]
    found = [
        finding(severity=INFO, patch=refs[0]),
        finding(patch=refs[1]),
        finding(severity=INFO, patch=refs[1]),
        finding(severity=ERROR, patch=refs[2]),
    ]
    checks = json.loads(render(report(found, unchecked_patches=[refs[3]])))
    states = [(check["state"], check["description"]) for check in checks]
    assert states == [
        ("success", "1 info: some-rule"),
        ("warning", "1 warning, 1 info: some-rule"),
        ("fail", "1 error: some-rule"),
        ("warning", "names RMI, but nothing of it could be checked"),
    ]


def test_a_description_fits(finding: Make, report: Make) -> None:
    ref = PatchRef(1, 1, "[PATCH] x", "1@example.org")
    found = [finding(rule=f"a-rule-with-a-long-name-{n}", patch=ref) for n in range(40)]
    (check,) = json.loads(render(report(found)))
    assert len(check["description"]) == 255
    assert check["description"].startswith("40 warnings: a-rule-with-a-long-name-0, ")


def test_a_reply_has_no_check() -> None:
    text = (
        "Message-ID: <r@example.org>\nFrom: Rev Iewer <rev@example.org>\n"
        "Subject: Re: [PATCH] x\nIn-Reply-To: <1@example.org>\n\n"
        "> diff --git a/a.c b/a.c\n> --- a/a.c\n> +++ b/a.c\n"
        "> @@ -1 +1,2 @@\n>  int a;\n> +int b;\n"
    )
    report = lint_mails(read_mails(text.encode(), "r"), registry.load([]))
    assert report.patches == 1
    assert json.loads(render(report)) == []


def test_files_have_no_check(full: Report, finding: Make, report: Make) -> None:
    assert json.loads(render(report([finding()]))) == []
    assert len(json.loads(render(full))) == 3

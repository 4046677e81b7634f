"""Hand-made findings for the reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linter.finding import ERROR, INFO, WARNING, Finding, PatchRef, Related, Report
from linter.intake.patch import Note

LEND = PatchRef(2, 3, "[PATCH v2 2/3] firmware: lend memory", "2@example.org")
ERRNO = PatchRef(3, 3, "[PATCH v2 3/3] firmware: return an errno", "3@example.org")
PATH = "drivers/firmware/lend.c"


def make_report(findings: list[Finding], **values: Any) -> Report:
    report = Report()
    report.findings = findings
    report.patches = report.files = 1
    for name, value in values.items():
        setattr(report, name, value)
    return report


def make_finding(**values: Any) -> Finding:
    finding = Finding("some-rule", WARNING, PATH, 7, 2, (7, 9), "something is wrong")
    for name, value in values.items():
        setattr(finding, name, value)
    return finding


def full_report() -> Report:
    """Three findings in two patches, with everything a report can show."""
    widened = make_finding(
        rule="widened-range",
        severity=ERROR,
        line=18,
        column=2,
        end=(18, 38),
        message="first is rounded down and then given to the RMM, which names memory below it",
        line_text="\tfirst = ALIGN_DOWN(first, LEND_UNIT);",
        catalogue=("RMI-RANGE-WIDEN", "ALIGN-WIDEN"),
        function="lend_probe",
        why="Memory below the range may belong to someone else,\n"
        "or may not be memory at all; the RMM refuses it or, worse, takes it.",
        fix="Refuse a range that is not aligned.",
        evidence=("20260330205800.1@example.org",),
        related=(
            Related(PATH, 22, "passed to rmi_granule_tracking_get() here"),
            Related("include/linux/lend.h", 5, "LEND_UNIT is 1 GB"),
        ),
        patch=LEND,
        introduced_in=LEND,
        removed_in=ERRNO,
        fingerprint="0123abcd",
    )
    multi = make_finding(
        rule="warn-continue",
        line=40,
        column=9,
        end=(41, 20),
        message="the status is tested, and then used as if it had been good",
        line_text="\tif (x) WARN_ON(level >",
        why="A warning does not stop anything.",
        patch=LEND,
        introduced_in=LEND,
    )
    style = make_finding(
        rule="status-composite",
        severity=INFO,
        path="include/linux/lend.h",
        line=9,
        column=1,
        end=(9, 7),
        message="the status is compared whole",
        line_text="return ret == RMI_BUSY;",
        patch=ERRNO,
        introduced_in=ERRNO,
        fragment=True,
    )
    return make_report(
        [widened, multi, style],
        notes=[
            Note("lend.mbox", 120, "2 blank context lines were put back"),
            Note("lend.mbox", 0, "no base commit is known"),
        ],
        patches=3,
        files=2,
        not_checked_lines=4,
        unchecked_patches=[PatchRef(1, 3, "[PATCH v2 1/3] firmware: probe", "1@example.org")],
    )


@pytest.fixture
def full() -> Report:
    return full_report()


# The factories keep nothing, so that hypothesis may use them in every example.


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture(scope="session")
def report() -> Callable[..., Report]:
    return make_report

"""What became of the findings of an earlier version, in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from linter.finding import INFO, PatchRef
from linter.intake.mail import parse_subject
from linter.intake.patch import Mail, Patch, Series
from linter.report.letter import gist
from linter.report.since import mail, render, text
from linter.since import Changes, Pair

Make = Callable[..., Any]

OLD = PatchRef(1, 2, "[PATCH v1 1/2] x: one", "1@x")
NEW = PatchRef(2, 3, "[PATCH v2 2/3] x: one", "2@x")
OTHER = PatchRef(3, 3, "[PATCH v2 3/3] x: two", "3@x")
VERSIONS = ("v1", "v2")
PATH = "drivers/firmware/lend.c"


def changes(finding: Make) -> Changes:
    before = finding(patch=OLD, function="f")
    return Changes(
        fixed=[
            finding(patch=OLD, function="f", fingerprint="a", message="`a` is lost: it leaks"),
            finding(patch=OLD, function="g", fingerprint="b", message="b is wrong", severity=INFO),
        ],
        dropped={"a"},
        still=[Pair(before, finding(patch=NEW, function="f", removed_in=OTHER), ())],
        moved=[
            Pair(before, finding(patch=OTHER, function="h"), ("patch", "function")),
            Pair(before, finding(patch=NEW, path="b.c", function="f"), ("file",)),
        ],
        new=[],
        not_checked=2,
    )


def test_text(finding: Make) -> None:
    place, renamed = f"{PATH}:7:2: warning:", "b.c:7:2: warning:"
    assert text(changes(finding), VERSIONS).splitlines() == [
        "Fixed since v1 (1)",
        f"{place} `a` is lost: it leaks [some-rule] (1/2, the function is gone)",
        "",
        "Still there (1)",
        f"{place} something is wrong [some-rule] (2/3, 1/2 in v1, gone in 3/3)",
        "",
        "Moved (2)",
        f"{place} something is wrong [some-rule] (3/3, 1/2 in v1, was in f(), was in 'one')",
        f"{renamed} something is wrong [some-rule] (2/3, 1/2 in v1, was in {PATH})",
        "",
        "1 fixed, 1 still there, 2 moved; 2 lines of v2 not checked",
    ]


def test_info_findings_are_for_v_only(finding: Make) -> None:
    assert "Fixed since v1 (2)\n" in text(changes(finding), VERSIONS, verbose=True)


def test_nothing(finding: Make) -> None:
    assert text(Changes([], set(), [], [], [], 0), VERSIONS) == "nothing found\n"


def test_json_has_all_of_it(finding: Make, report: Make) -> None:
    found = json.loads(render(changes(finding), report([]), report([], patches=3), VERSIONS))
    assert list(found) == [
        "format",
        "old",
        "new",
        "fixed",
        "still_there",
        "moved",
        "added",
        "summary",
    ]
    assert found["new"] == {"version": "v2", "patches": 3, "not_checked_lines": 0}
    assert [f["function_gone"] for f in found["fixed"]] == [True, False]
    assert found["moved"][0]["changed"] == ["patch", "function"]
    assert (found["moved"][1]["old"]["path"], found["moved"][1]["new"]["path"]) == (
        "drivers/firmware/lend.c",
        "b.c",
    )


def test_json_is_valid_whatever_a_patch_holds(finding: Make, report: Make) -> None:
    lone = Changes([finding(line_text="\udc80")], set(), [], [], [], 0)
    assert (
        json.loads(render(lone, report([]), report([]), VERSIONS))["fixed"][0]["line_text"]
        == "\\x80"
    )


def test_mail_answers_the_cover_letter(finding: Make, report: Make) -> None:
    cover = Mail("x", 1, parse_subject("[PATCH v2 0/3] x: all"), "")
    cover.message_id = "0@x"
    first = Mail("x", 1, parse_subject("[PATCH v2 1/3] x: one"), "")
    series = Series("all", 2, 3)
    series.patches, series.cover = [Patch(first, [])], cover
    (reply,) = mail(changes(finding), report([], series=[series]), VERSIONS)
    assert reply.name == "0000-re-x-all.eml"
    head, body = reply.data.decode().split("\n\n", 1)
    assert "In-Reply-To: <0@x>" in head
    assert body.split("\n-- \n")[0].splitlines() == [
        "Compared with v1, as far as rmilint can tell: 1 fixed, 1 still there, 2",
        "moved; 2 lines of v2 not checked.",
        "",
        "Fixed since v1:",
        "",
        "  1/2 x: one",
        "  - f(): `a` is lost [some-rule] (the function is gone)",
        "",
        "Still there:",
        "",
        "  2/3 (1/2 in v1) x: one",
        "  - f(): something is wrong [some-rule] (gone in 3/3)",
        "",
        "Moved:",
        "",
        "  3/3 (1/2 in v1) x: two",
        "  - h(): something is wrong [some-rule] (was in f(), was in 'one')",
        "",
        "  2/3 (1/2 in v1) x: one",
        "  - f(): something is wrong [some-rule] (was in drivers/firmware/lend.c)",
    ]
    series.cover = None
    (reply,) = mail(changes(finding), report([], series=[series]), VERSIONS)
    assert reply.data.startswith(b"Subject: Re: [PATCH v2 1/3] x: one\n")


def test_a_mail_says_the_same_of_several_functions_once(finding: Make, report: Make) -> None:
    first = Mail("x", 1, parse_subject("[PATCH v2 1/3] x: one"), "")
    series = Series("all", 2, 3)
    series.patches = [Patch(first, [])]
    found = [finding(function=name, message="`x` is lost: always") for name in ("f", "g", "g")]
    found.append(finding(function="h", message="h() loses `x`: always"))
    lone = Changes([], set(), [], [], found, 0)
    (reply,) = mail(lone, report([], series=[series]), VERSIONS)
    entries = [row for row in reply.data.decode().splitlines() if row.startswith("  - ")]
    assert entries == [
        "  - f(), g() (2 times): `x` is lost [some-rule]",
        "  - h() loses `x` [some-rule]",
    ]


def test_the_gist_of_a_message() -> None:
    assert gist("`a ? b : c` is 0 or 1, never the status: a caller reads") == (
        "`a ? b : c` is 0 or 1, never the status"
    )
    assert (
        gist("it is so (like this; or that) always; else not")
        == "it is so (like this; or that) always"
    )
    assert gist("FIELD_GET(GENMASK(1, 0), x) says it: all") == "FIELD_GET(GENMASK(1, 0), x) says it"
    assert gist("plain") == "plain"
    assert gist("an open ` quote: rest") == "an open ` quote"

"""Tests of linter/thread/remarks.py and read.py on a small thread."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.check import lint_mails
from linter.finding import Finding
from linter.intake.mail import read_mails
from linter.intake.series import group
from linter.report.thread import render
from linter.report.thread import text as shown
from linter.thread.read import Thread, line_of, read
from linter.thread.remarks import Remark, Talk
from rules.registry import load
from tests.linter.thread.mails import (
    DIFF,
    FIRST,
    HELLO,
    PATCHES,
    SECOND,
    lines,
    linted,
    mail,
    quoted,
    reply,
    thread,
)

WROTE = "On Mon, 2 Mar 2026 11:00:00 +0000, Ada Author <ada@example.org> wrote:\n"


def only(found: Thread) -> Remark:
    assert len(found.remarks) == 1
    return found.remarks[0]


def rules(findings: list[Finding]) -> list[tuple[int, str]]:
    return [(finding.line, finding.rule) for finding in findings]


def test_a_remark_stands_below_the_line_it_is_about() -> None:
    body = WROTE + quoted(DIFF[:18]) + "\nThis takes what lies below.\n\n" + quoted(DIFF[18:])
    found = thread(reply(body))
    remark = only(found)
    assert remark.spot is not None
    assert (remark.who, remark.words) == ("Rita Reviewer", "This takes what lies below.")
    assert (remark.spot.file.path, line_of(remark)) == ("drivers/firmware/toy.c", 12)
    assert (remark.function, remark.mail.message_id) == ("toy_give", "9@toy")
    assert remark.patch is found.series.patches[0]
    assert remark.sure
    assert rules(remark.found) == [(12, "widened-range")]
    assert found.not_raised == []


def test_a_trimmed_quote_without_any_header() -> None:
    body = WROTE + "> [...]\n" + quoted(lines(14, 15)) + "\nWhich status?\n"
    remark = only(thread(reply(body)))
    assert (line_of(remark), remark.function) == (15, "toy_give")
    assert rules(remark.found) == [(12, "widened-range")]  # 14 - 3 = 11


def test_a_finding_far_from_the_quote_is_another_matter() -> None:
    body = WROTE + quoted(lines(16, 17)) + "\nWhich errno?\n"
    found = thread(reply(body))
    assert only(found).found == []
    assert rules(found.not_raised) == [(12, "widened-range")]


def test_the_same_line_outside_the_function_is_another_matter() -> None:
    body = WROTE + quoted(lines(4, 5)) + "\nWhy so large?\n"
    remark = only(thread(reply(body)))
    assert (line_of(remark), remark.function, remark.found) == (5, "", [])


def test_lines_of_a_later_patch_are_those_of_the_file() -> None:
    body = WROTE + quoted(HELLO[9:12]) + "\nTo whom?\n"
    remark = only(thread(reply(body, parent=3)))
    # HELLO[5] is line 16 of the file, so HELLO[11] is line 22.
    assert (line_of(remark), remark.function) == (22, "toy_hello")


def test_two_remarks_in_one_mail() -> None:
    body = (
        WROTE
        + (quoted(lines(7, 9)) + "\nName it toy_lend()?\n\n")
        + (quoted(lines(10, 12)) + "\nThis takes what lies below.\nRound it up.\n")
    )
    remarks = thread(reply(body)).remarks
    assert [(line_of(r), r.words) for r in remarks] == [
        (9, "Name it toy_lend()?"),
        (12, "This takes what lies below. Round it up."),
    ]


def test_a_block_ends_where_lines_were_left_out() -> None:
    body = WROTE + quoted([*lines(5, 7), *lines(14, 15)]) + "\nHm?\n"
    assert [spot.number for spot in only(thread(reply(body))).block] == [14, 15]


def test_greetings_tags_names_and_cuts_are_no_remarks() -> None:
    body = (
        f"Hi Ada,\n\n{WROTE}{quoted(DIFF)}\n[...]\n\n"
        "Reviewed-by: Rita Reviewer <rita@example.org>\n\nThanks,\nRita\n"
    )
    found = thread(reply(body))
    assert (found.remarks, found.elsewhere) == ([], 0)


def test_a_word_on_the_commit_message_is_counted() -> None:
    body = WROTE + "> Give it.\n\nGive what?\n\n" + quoted(DIFF)
    found = thread(reply(body), mail(10, "Re: [PATCH 0/2] firmware: toy", "Nice idea.\n", 1))
    assert (found.remarks, found.elsewhere) == ([], 2)


def test_an_answer_stands_with_what_it_answers() -> None:
    asked = WROTE + quoted(lines(10, 12)) + "\nThis takes what lies below.\n\nRita\n"
    answer = (
        "On Tue, 3 Mar 2026 11:00:00 +0000, Rita Reviewer <rita@example.org> wrote:\n"
        + quoted(asked.splitlines())
        + "\nIndeed, thanks for spotting.\n\nAda\n"
    )
    remark = only(thread(reply(asked), reply(answer, number=10, parent=9, name="Ada Author")))
    assert remark.words == "This takes what lies below."
    assert [a._asdict() for a in remark.answers] == [
        {"who": "Ada Author", "words": "Indeed, thanks for spotting.", "message_id": "10@toy"}
    ]


def test_an_answer_that_arrives_before_its_question_and_was_wrapped_anew() -> None:
    asked = WROTE + quoted(lines(10, 12)) + "\nThis takes what lies below.\n"
    answer = WROTE + quoted(lines(10, 12), "> > ") + "> This takes\n> what lies below.\n\nAck.\n"
    remark = only(thread(reply(answer, number=10, parent=9, name="Ada Author"), reply(asked)))
    assert (remark.who, [a.words for a in remark.answers]) == ("Rita Reviewer", ["Ack."])


def test_a_proposal_is_tried_on_the_file_after_the_patch() -> None:
    fix = (
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -10,5 +10,5 @@\n"
        " \tint ret;\n \n-\tstart = ALIGN_DOWN(start, TOY_REGION);\n"
        "+\tstart = ALIGN(start, TOY_REGION);\n \n"
        " \tret = rmi_granule_range_delegate(start, end, &top);\n"
    )
    body = WROTE + quoted(lines(7, 12)) + "\nRather:\n\n" + fix + "\nUntested.\n"
    remark = only(thread(reply(body)))
    assert remark.outcome is not None
    assert remark.words == "Rather: Untested."
    assert (remark.outcome.where, remark.outcome.notes) == ("after 1/2", [])
    assert rules(remark.outcome.removed) == [(12, "widened-range")]
    assert remark.outcome.added == []


def test_a_finding_whose_function_has_a_new_name_stays() -> None:
    fix = (
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -7,2 +7,2 @@\n"
        "-int toy_give(phys_addr_t start, phys_addr_t end)\n"
        "+int toy_lend(phys_addr_t start, phys_addr_t end)\n {\n"
    )
    outcome = only(thread(reply("Name it so:\n\n" + fix))).outcome
    assert outcome is not None
    assert (outcome.where, outcome.removed, outcome.added) == ("after 1/2", [], [])


def test_a_proposal_may_bring_a_finding() -> None:
    # Blanks for tabs, and lines of the end of the series, as people send them.
    fix = (
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -19,5 +19,7 @@\n \n"
        " int toy_hello(void)\n {\n"
        "+        while (RMI_RETURN_STATUS(rmi_rtt_read_entry(0)) == RMI_BUSY)\n"
        "+                ;\n"
        "         return 0;\n }\n"
    )
    remark = only(thread(reply("Wait for it:\n\n" + fix)))
    assert remark.outcome is not None
    assert (remark.spot, remark.outcome.where) == (None, "at the end of the series")
    assert remark.outcome.removed == []
    assert rules(remark.outcome.added) == [(22, "unbounded-retry")]


def test_a_proposal_that_does_not_apply_is_named_with_its_line() -> None:
    fix = (
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -3,2 +3,2 @@\n"
        " other();\n-more();\n+less();\n"
    )
    text = PATCHES + reply("Rather:\n\n" + fix)
    where = text.splitlines().index("@@ -3,2 +3,2 @@") + 1
    remark = only(read(0, linted(text), load(), None))
    assert remark.outcome is not None
    assert remark.outcome.where == ""
    assert remark.outcome.notes == [
        f"drivers/firmware/toy.c: does not apply {place}: "
        f"the lines of @@ -3,2 are not there (thread.mbox:{where})"
        for place in ("after 1/2", "at the end of the series")
    ]


def test_a_proposal_for_other_files() -> None:
    diff = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"
    body = "Also:\n\n" + diff.format("README") + diff.format("kernel/other.c")
    remark = only(thread(reply(body)))
    assert remark.outcome is not None
    assert remark.outcome.notes == [
        "README: no C, not linted",
        "kernel/other.c: not a file of this series",
    ]


def test_where_only_hunks_are_known_a_proposal_is_tried_in_them() -> None:
    """The second patch alone: the function above its hunk is not known."""
    alone = mail(3, "[PATCH] firmware: toy: Say hello", "\n".join(HELLO) + "\n-- \n2.43.0\n")
    fix = (
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n@@ -20,4 +20,6 @@\n"
        " int {}(void)\n {{\n"
        "+\twhile (RMI_RETURN_STATUS(rmi_rtt_read_entry(0)) == RMI_BUSY)\n+\t\t;\n"
        " \treturn 0;\n }}\n"
    )
    for name, where in (
        ("toy_hello", "in what 1/1 shows of it"),
        ("toy_bye", "by itself where no patch shows the lines"),
    ):
        body = "Wait:\n\n" + fix.format(name)
        text = alone + mail(4, "Re: [PATCH] firmware: toy: Say hello", body, 3, "Rita Reviewer")
        outcome = only(read(0, linted(text), load(), None)).outcome
        assert outcome is not None
        assert (outcome.where, outcome.notes) == (where, [])
        assert [finding.rule for finding in outcome.added] == ["unbounded-retry"]


def test_replies_alone_are_read_by_the_patch_that_they_quote() -> None:
    body = WROTE + quoted(DIFF[:18]) + "\nThis takes what lies below.\n\n" + quoted(DIFF[18:])
    remark = only(read(0, linted(reply(body)), load(), None))
    assert (line_of(remark), rules(remark.found)) == (12, [(12, "widened-range")])


def test_an_archive_that_cut_the_quotes() -> None:
    """Two lines of each quote are left: the next one tells which line was quoted last."""
    found = []
    for number in range(9, 22):
        body = WROTE + quoted(lines(7, 8)) + "\nThis takes what lies below.\n\n"
        body += quoted(lines(13, 14)) + "\nAnd if not?\n"
        found.append(reply(body, number=number))
    for remark in thread(*found).remarks:
        # Line 13 is blank: line 14 is the first one of the next quote that can be found.
        assert (line_of(remark), remark.sure) in {(12, True), (13, True), (14, False)}
    assert len(thread(*found).remarks) == 26


def test_two_versions_are_two_threads() -> None:
    again = PATCHES.replace("[PATCH ", "[PATCH v2 ").replace("@toy", "@toy2")
    body = WROTE + quoted(lines(10, 12)) + "\nStill there.\n"
    answer = mail(9, f"Re: {FIRST.replace('PATCH', 'PATCH v2')}", body, 2).replace("@toy", "@toy2")
    report = linted(PATCHES + again + answer)
    threads = [read(number, report, load(), None) for number in range(2)]
    assert [len(found.remarks) for found in threads] == [0, 1]
    assert [rules(found.not_raised) for found in threads] == [[(12, "widened-range")], []]


def test_a_large_thread_costs_little() -> None:
    body = WROTE + (quoted(lines(7, 15)) + "\nWhy?\n\n") * 300
    answers = [reply(body.replace("> +", "> > +"), number=n, parent=n - 1) for n in range(10, 25)]
    series = group(read_mails((PATCHES + "".join(answers)).encode(), "x"))[0]
    begin = process_time()
    talk = Talk(series)
    assert process_time() - begin < 5
    assert talk.remarks


def test_names_of_the_patches_are_what_the_test_thinks() -> None:
    series = group(read_mails(PATCHES.encode(), "x"))[0]
    assert [patch.mail.subject.text for patch in series.patches] == [FIRST, SECOND]


PARTS = st.sampled_from(
    [
        WROTE,
        quoted(lines(7, 12)),
        quoted(lines(12, 13), "> > "),
        quoted(["Wrong.", "[...]", "}", ""]),
        "Wrong.\n",
        "Rita\n",
        "-- \n",
        "\n",
        "--- a/drivers/firmware/toy.c\n+++ b/drivers/firmware/toy.c\n",
        "diff --git a/drivers/firmware/toy.c b/drivers/firmware/toy.c\n",
        "@@ -12,2 +12,1 @@\n-\tstart = ALIGN_DOWN(start, TOY_REGION);\n \n",
        "@@ -12,9 +12,9 @@\n-\tint ret;\n+\tint x;\n",
        "@@ -0,0 +1,2 @@\n+int x(void)\n+{\n",
        "> @@ -1 +1 @@\n> -a\n> +b\n",
        "\x00\ud800\xa0> +\n",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PARTS, max_size=8), max_size=4), st.booleans())
def test_no_mail_stops_it(bodies: list[list[str]], patches: bool) -> None:
    replies = [reply("".join(b), number=n + 9, parent=n + 8) for n, b in enumerate(bodies)]
    text = (PATCHES if patches else "") + "".join(replies)
    report = lint_mails(read_mails(text.encode("utf-8", "surrogatepass"), "x"), load())
    for number in range(len(report.series)):
        found = read(number, report, load(), None)
        assert all(map(str.isprintable, shown([found], verbose=True).splitlines()))
        assert json.loads(render([found], [])).keys() == {"format", "threads", "notes"}


def test_there_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    diff = "--- a/x{0}.c\n+++ b/x{0}.c\n@@ -1 +1 @@\n-a\n+b\n"
    many = "".join(map(diff.format, range(31)))
    outcome = only(thread(reply("All of them:\n\n" + many))).outcome
    assert outcome is not None
    assert outcome.notes == ["a diff to more than 30 files; not linted"]
    monkeypatch.setattr("linter.thread.read.MAX_FIXES", 1)
    monkeypatch.setattr("linter.thread.remarks.MAX_REMARKS", 2)
    one = quoted(lines(10, 12)) + "\nRather:\n\n" + diff.format(1)
    found = thread(reply(one + one + one))
    assert [r.outcome and r.outcome.notes for r in found.remarks] == [
        ["x1.c: not a file of this series"],
        ["not tried: too much is proposed"],
    ]
    assert found.elsewhere == 1

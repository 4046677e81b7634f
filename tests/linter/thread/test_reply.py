"""Tests of linter/thread/reply.py: what a mail says by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.intake.mail import read_mails
from linter.intake.patch import Mail
from linter.thread.reply import MAX_WORDS, Reply, Row, joined, sender, voices, words, wrote


def a_mail(body: str, name: str = "Rita Reviewer") -> Mail:
    text = f"From: {name} <r@example.org>\nSubject: Re: [PATCH] x\n\n{body}"
    return read_mails(text.encode(), "reply")[0]


def said(body: str) -> list[str]:
    """The lines that say something."""
    reply = Reply(a_mail(body), [])
    return [row.text for row in words(reply.rows, reply)]


@pytest.mark.parametrize(
    "line",
    [
        "Hi Steven,",
        "Hello all,",
        "Good day,",
        "Thanks,",
        "Kind regards",
        "Rita",
        "R.",
        "Reviewed-by: Rita Reviewer <r@example.org>",
        "Acked-by: Rita Reviewer <r@example.org>",
        "[...]",
        "[snip]",
        "...",
        "-->",
        "--8>---",
        "--- Cut here --",
        "---8>--- CUT here",
        "On Mon, 2 Mar 2026 11:00:00 +0000, Ada Author <a@example.org> wrote:",
    ],
)
def test_what_says_nothing(line: str) -> None:
    assert said(f"{line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "Thanks for the patch, but this never ends.",
        "Hi, this is wrong.",
        "nit: s/granule/region/",
        "Why 8?",
        "Cut here",
        "This drops the [...] mark of line 3.",
        "Ack",
        "Ritas are not welcome here",
    ],
)
def test_what_says_something(line: str) -> None:
    assert said(f"{line}\n") == [line]


def test_an_attribution_on_two_lines_says_nothing() -> None:
    assert said("On Mon, 02 Mar 2026 11:00:00 +0000,\nAda Author <ada@x.org> wrote:\n") == []


def test_a_signature_ends_a_mail() -> None:
    assert said("Wrong.\n\n-- \nRita\n\nA cat is fine, too.\n") == ["Wrong."]


def test_a_name_below_a_closing_is_no_remark() -> None:
    assert said("Wrong.\nThanks,\nSomebody Else\n") == ["Wrong."]


def test_long_words_are_cut() -> None:
    text = joined([Row(1, 0, "word " * 200)])
    assert len(text) <= MAX_WORDS
    assert text.endswith("word…")


def test_a_diff_of_its_own_is_a_proposal_and_a_quoted_one_is_not() -> None:
    diff = "--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n"
    body = "".join(f"> {line}\n" for line in diff.splitlines()) + "\nRather:\n\n" + diff
    reply = Reply(a_mail(body), [])
    assert [(file.path, file.depth) for file in reply.fixes] == [("x.c", 0)]
    assert [row.text for row in reply.quoted] == diff.splitlines()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("On Mon, Mar 30, 2026 at 02:58:10PM -0600, Ada Author wrote:", "Ada Author"),
        ("On 30/03/2026 21:58, Ada B. Author wrote:", "Ada B. Author"),
        ("On Wed, Mar 18, 2026 at 8:54 AM Ada Author <ada@x.org> wrote:", "Ada Author"),
        ("Ada-Lin Author <ada@x.org> wrote:", "Ada-Lin Author"),
        ("On Mon, 30 Mar 2026 21:58:10 +0100,", ""),
        ("as he wrote", ""),
    ],
)
def test_who_wrote(text: str, name: str) -> None:
    assert wrote(text) == name


def test_who_sent_a_mail() -> None:
    assert sender(a_mail("x", '"Rita Reviewer"')) == "Rita Reviewer"
    shown = "Re: [PATCH 1/2] x\nRita Reviewer\nrita at example.org\nMon Mar 2\nOn this, no.\n"
    assert sender(read_mails(shown.encode(), "x")[0]) == "Rita Reviewer"


def test_voices_of_several_mails_in_one_text() -> None:
    rows = [
        Row(1, 0, "It never ends."),
        Row(2, 0, "Rita"),
        Row(3, 0, "On Monday, Rita Reviewer wrote:"),
        Row(4, 1, "On Sunday, Ada Author wrote:"),
        Row(5, 2, "The patch."),
        Row(6, 1, "Why?"),
        Row(7, 0, "It does."),
    ]
    heard = voices(rows, ["Rita Reviewer", "Ada Author"])
    assert heard == {
        "It never ends.": "Rita Reviewer",
        "The patch.": "Ada Author",
        "Why?": "Rita Reviewer",
    }


@given(st.text(max_size=300))
def test_any_text_can_be_read(body: str) -> None:
    reply = Reply(a_mail(body.replace("\r", " ")), [])
    assert set(words(reply.rows, reply)) <= set(reply.rows)
    voices(reply.rows, ["Rita Reviewer"])

"""Tests of linter/thread/listing.py: where quoted lines stand in a patch."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from linter.intake.mail import read_mails
from linter.intake.patch import Patch
from linter.intake.series import group
from linter.thread.listing import Listing
from tests.linter.thread.mails import DIFF, HELLO, PATCHES, lines


def patches() -> list[Patch]:
    return group(read_mails(PATCHES.encode(), "thread.mbox"))[0].patches


def numbers(listing: Listing, texts: list[str]) -> list[int | None]:
    """The file's line for each quoted line."""
    return [at if at is None else listing.spots[at].number for at in listing.find(texts)]


def made(added: list[str]) -> Listing:
    """A patch that creates a file of these lines."""
    body = "".join(f"+{line}\n" for line in added)
    text = f"--- /dev/null\n+++ b/x.c\n@@ -0,0 +1,{len(added)} @@\n{body}"
    mail = f"From: a <a@b>\nSubject: [PATCH] x\n\n{text}"
    return Listing(group(read_mails(mail.encode(), "x"))[0].patches[0])


def test_each_line_of_a_whole_quote_is_found_once() -> None:
    # Lines 4, 6 and so on are a lone `+`, but the line before tells where they are.
    assert numbers(Listing(patches()[0]), DIFF[6:]) == list(range(1, 19))


def test_a_quote_without_a_header_is_found_by_its_text() -> None:
    assert numbers(Listing(patches()[0]), lines(12, 14)) == [12, 13, 14]


def test_context_and_removed_lines_have_lines_too() -> None:
    # 16 to 18 are context, 19 to 23 are added.
    assert numbers(Listing(patches()[1]), HELLO[5:]) == list(range(16, 24))


def test_blanks_do_not_count() -> None:
    quote = [
        "+    start = ALIGN_DOWN(start,TOY_REGION);",
        "+",
        "+  ret = rmi_granule_range_delegate(",
    ]
    assert numbers(Listing(patches()[0]), quote) == [12, 13, None]


def test_of_equal_lines_the_next_in_order_counts() -> None:
    listing = made(["if (a)", "return x;", "if (b)", "return x;", "if (c)", "return x;"])
    assert numbers(listing, ["+if (b)", "+return x;"]) == [3, 4]
    assert numbers(listing, ["+if (c)", "+return x;"]) == [5, 6]
    # The line of the first remark is gone, the second one is told by what follows.
    assert numbers(listing, ["+return x;", "+if (b)", "prose", "+return x;"]) == [2, 3, None, 4]


def test_a_lone_brace_tells_nothing() -> None:
    listing = made(["{", "one();", "}", "{", "two();", "}"])
    assert numbers(listing, ["+}"]) == [None]
    assert numbers(listing, ["+two();", "+}"]) == [5, 6]


def test_a_header_leads_to_its_hunk() -> None:
    assert numbers(Listing(patches()[1]), ["@@ -16,3 +16,8 @@ anything"]) == [16]


def test_prose_is_nowhere() -> None:
    assert (
        numbers(Listing(patches()[0]), ["Give it.", "", "---", "Signed-off-by: A <a@b>"])
        == [None] * 4
    )


@given(st.lists(st.booleans(), min_size=40, max_size=40))
def test_any_cut_of_distinct_lines_is_found(kept: list[bool]) -> None:
    texts = [f"call_{n}();" for n in range(40)]
    listing = made(texts)
    chosen = [n for n, keep in enumerate(kept) if keep]
    assert numbers(listing, [f"+{texts[n]}" for n in chosen]) == [n + 1 for n in chosen]


@given(st.lists(st.sampled_from(["a();", "b();", "}", ""]), max_size=30), st.data())
def test_what_is_found_says_what_is_quoted(file: list[str], data: st.DataObject) -> None:
    listing = made(["first();", *file])
    quote = data.draw(st.lists(st.sampled_from(["+a();", "+b();", "+}", "+", "?"]), max_size=30))
    for text, at in zip(quote, listing.find(quote), strict=True):
        assert at is None or listing.spots[at].key == text


def test_lines_that_are_all_alike_cost_little() -> None:
    listing = made(["same_line();"] * 5_000)
    begin = process_time()
    listing.find(["+same_line();", "other", "+same_line();"] * 10_000)
    assert process_time() - begin < 3

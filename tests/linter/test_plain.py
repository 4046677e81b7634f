"""Nothing that a terminal acts on gets through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.plain import plain, plain_error, plain_text, without_surrogates

SAFE = ("L", "M", "N", "P", "S")  # first letters of the categories that only draw a character


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("int x = 1; /* \u00fc \u65e5 */", "int x = 1; /* \u00fc \u65e5 */"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\nb\r\tc\0", "a\\nb\\r\\tc\\x00"),
        ("\x7f\x9b2J", "\\x7f\\x9b2J"),  # DEL, and CSI as one C1 byte
        ("a\u202eb\u2066c\u200b", "a\\u202eb\\u2066c\\u200b"),  # bidi, zero width
        ("x\u2028y", "x\\u2028y"),
        ("\udc9b", "\\x9b"),  # a raw byte of a file
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),  # tag characters hide text
        ("\\x1b", "\\x1b"),  # C code is full of backslashes: they stay
    ],
)
def test_examples(raw: str, shown: str) -> None:
    assert plain(raw) == shown


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters()))
def test_only_drawing_characters_are_left(text: str) -> None:
    shown = plain(text)
    assert all(c == " " or unicodedata.category(c)[0] in SAFE for c in shown)
    assert plain(shown) == shown


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters()))
def test_text_keeps_its_lines(text: str) -> None:
    assert plain_text(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("one\ntwo\x1b"), "ValueError: one\\ntwo\\x1b"),
        (KeyError("x"), "KeyError: 'x'"),
        (RecursionError(), "RecursionError"),
    ],
)
def test_an_error_is_one_line(error: Exception, shown: str) -> None:
    assert plain_error(error) == shown


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters()))
def test_without_surrogates_changes_nothing_else(text: str) -> None:
    valid = text.encode("utf-8", "ignore").decode()
    assert without_surrogates(valid) == valid
    without_surrogates(text).encode("utf-8")

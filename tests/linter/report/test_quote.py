"""What is quoted: lines of the hunk, in order, with each comment below its line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake.mail import parse_subject
from linter.intake.patch import FileDiff, Hunk, Line, Mail, Patch
from linter.report.place import Spot
from linter.report.quote import ABOVE, CUT, FEW, WHOLE, quoted

BODY = ["", "diff --git a/a.c b/a.c", "--- a/a.c", "+++ b/a.c", "@@ -1 +1,9 @@ int f(void)"]


def patch(*texts: str, first: int = 2) -> Patch:
    """A patch of one hunk; each text has its `+`, `-` or blank."""
    mail = Mail("x", 1, parse_subject("[PATCH] x"), "\n".join([*BODY, *texts]))
    file = FileDiff("a.c", "a.c", first)
    hunk = Hunk(1, 1, 1, 9, "int f(void)", 5)
    hunk.lines = [Line(text[0], text[1:], None, n, n) for n, text in enumerate(texts)]
    file.hunks.append(hunk)
    return Patch(mail, [file])


def quote(made: Patch, *rows: int, grounds: dict[int, list[int]] | None = None) -> list[str]:
    """What is quoted, with `#N` for the comment on line N; the headers and blanks left out."""
    comments = {Spot(0, 0, row): [f"#{row}"] for row in rows}
    places = {
        Spot(0, 0, row): [Spot(0, 0, n) for n in under] for row, under in (grounds or {}).items()
    }
    lines = quoted(made, comments, places)
    assert lines[:2] == ["> diff --git a/a.c b/a.c", "> @@ -1 +1,9 @@ int f(void)"]
    return [line.removeprefix("> ") for line in lines[2:] if line]


STATEMENTS = [f"+\tcall({n});" for n in range(40)]


def test_a_short_way_is_quoted_whole() -> None:
    assert quote(patch(*STATEMENTS), 12) == [*STATEMENTS[:13], "#12"]


def test_of_a_long_way_a_few_lines_are_left() -> None:
    assert quote(patch(*STATEMENTS), 13) == [CUT, *STATEMENTS[7:14], "#13"]


def test_the_line_that_a_function_begins_with_stays() -> None:
    lines = ["+int g(void)", "+{", *STATEMENTS]
    assert quote(patch(" }", *lines), 30) == [" }", "+int g(void)", CUT, *lines[23:30], "#30"]


def test_a_function_that_is_over_is_not_named() -> None:
    lines = ["+int g(void)", "+{", "+}", "+"]
    table = ["+static const int table[] = {", *(f"+\t{n}," for n in range(20)), "+};", "+"]
    assert quote(patch(*lines, *table, "+#define X 1"), 27)[0] == CUT
    assert "+int g(void)" not in quote(patch(*lines, *table, "+#define X 1"), 27)


def test_a_label_begins_nothing_and_a_macro_does() -> None:
    lines = ["+int g(void)", "+{", *STATEMENTS, "+out:", *STATEMENTS]
    assert quote(patch(*lines), 80)[:3] == ["+int g(void)", CUT, lines[74]]
    macro = ["+#define X(a) \\", *(f"+\tcall({n}); \\" for n in range(20)), "+\tlast(a)"]
    assert quote(patch("+", "+", "+", *macro), 20)[:3] == [CUT, macro[0], CUT]
    assert quote(patch(*macro, *STATEMENTS), 50)[0] == CUT


def test_what_a_comment_rests_on_is_quoted_from_afar() -> None:
    lines = ["+int g(void)", "+{", *STATEMENTS]
    assert quote(patch(*lines), 35, grounds={35: [20]}) == [
        "+int g(void)", CUT, lines[20], CUT, *lines[29:36], "#35",
    ]  # fmt: skip


def test_a_second_comment_goes_on_where_the_first_stopped() -> None:
    made = patch(*STATEMENTS)
    assert quote(made, 2, 4) == [*STATEMENTS[:3], "#2", *STATEMENTS[3:5], "#4"]
    assert quote(made, 2, 30) == [*STATEMENTS[:3], "#2", CUT, *STATEMENTS[24:31], "#30"]


def test_blank_lines_and_carriage_returns() -> None:
    assert quoted(patch("+a\r", " ", "+"), {Spot(0, 0, 2): ["b\nc"]}, {})[2:] == [
        "> +a", ">", "> +", "", "b", "c", "",
    ]  # fmt: skip


def test_a_diff_that_git_did_not_make() -> None:
    assert quoted(patch("+a", first=3), {Spot(0, 0, 0): ["b"]}, {})[:2] == [
        "> --- a/a.c",
        "> +++ b/a.c",
    ]


LINE = st.tuples(
    st.sampled_from("+- "),
    st.sampled_from(["int f{}(void)", "\tx{};", "}}{}", "#define X{} \\"]),
    st.integers(0, 9),  # 0: there is a comment
)


@settings(deadline=None)
@given(st.lists(LINE, min_size=1, max_size=80))
def test_each_comment_stands_below_its_line(lines: list[tuple[str, str, int]]) -> None:
    texts = [mark + text.format(n) for n, (mark, text, _) in enumerate(lines)]
    rows = [n for n, (_, _, chance) in enumerate(lines) if chance == 0] or [len(lines) - 1]
    told = quote(patch(*texts), *rows)
    at = -1
    run = 0
    for before, line in zip(["", *told], told, strict=False):
        if line == CUT:
            assert before != CUT
        elif line[0] == "#" and line[1:].isdigit():
            assert before == texts[int(line[1:])]
            assert run <= max(WHOLE, ABOVE) + 1 + FEW + 1
            run = 0
        else:
            place = texts.index(line)  # they are all different
            assert place > at
            assert before == CUT or place == at + 1
            at, run = place, run + 1
    assert [line for line in told if line[1:].isdigit() and line[0] == "#"] == [
        f"#{r}" for r in rows
    ]

"""The diff parser: every form git and people write, without damage."""

from __future__ import annotations

import pytest

from linter.intake.diff import parse_diff
from linter.intake.patch import DERIVED, EXACT, UNKNOWN, FileDiff, Hunk, Line

HEAD = (
    "diff --git a/k/rmi.c b/k/rmi.c\nindex 0a1b2c3..4d5e6f7 100644\n--- a/k/rmi.c\n+++ b/k/rmi.c\n"
)


def one_file(text: str) -> FileDiff:
    diffs = parse_diff(text, "mail", 1)
    assert len(diffs.files) == 1
    return diffs.files[0]


def rows(hunk: Hunk) -> list[tuple[str, str, int | None, int | None]]:
    return [(x.kind, x.text, x.old, x.new) for x in hunk.lines]


def added(text: str) -> list[str]:
    return [x.text for file in parse_diff(text).files for h in file.hunks for x in h.added]


def test_modified_file() -> None:
    file = one_file("words\n" + HEAD + "@@ -7,3 +7,3 @@ int f(void)\n a\n-b\n+c\n d\n-- \n2.43.0\n")
    assert (file.old_path, file.new_path, file.status) == ("k/rmi.c", "k/rmi.c", "modified")
    assert (file.old_blob, file.new_blob) == ("0a1b2c3", "4d5e6f7")
    assert (file.old_mode, file.new_mode) == ("100644", "100644")
    assert (file.src, file.depth, file.binary, file.notes) == (2, 0, False, [])
    (hunk,) = file.hunks
    assert (hunk.section, hunk.src, hunk.confidence, hunk.repairs) == ("int f(void)", 6, EXACT, [])
    assert hunk.lines == [
        Line(" ", "a", 7, 7, 7),
        Line("-", "b", 8, None, 8),
        Line("+", "c", None, 8, 9),
        Line(" ", "d", 9, 9, 10),
    ]


def test_first_line_moves_the_sources() -> None:
    diffs = parse_diff(HEAD + "@@ -1 +1 @@\n-a\n+b\n", "mail", 41)
    assert diffs.files[0].src == 41
    assert [x.src for x in diffs.files[0].hunks[0].lines] == [46, 47]


def test_counts_decide_what_a_line_is() -> None:
    """Removed `-- x`, added `++ y` and a removed signature mark are lines, a trailer is none."""
    text = HEAD + "@@ -1,3 +1,2 @@\n--- a/x\n-- \n+++ b/x\n d\n-- \n2.43.0\n"
    (hunk,) = one_file(text).hunks
    assert rows(hunk) == [
        ("-", "-- a/x", 1, None),
        ("-", "- ", 2, None),
        ("+", "++ b/x", None, 1),
        (" ", "d", 3, 2),
    ]


def test_trailer_is_not_a_removed_line_of_a_short_hunk() -> None:
    """The last hunk lost a blank context line; `-- ` must not take its place."""
    text = HEAD + "@@ -7,6 +7,7 @@\n a();\n b();\n c();\n+d();\n e();\n f();\n-- \n2.43.0\n"
    (hunk,) = one_file(text).hunks
    assert [x.kind for x in hunk.lines] == [" ", " ", " ", "+", " ", " ", " "]
    assert hunk.confidence == DERIVED
    assert [x.new for x in hunk.added] == [10]


def test_empty_line_is_a_blank_context_line() -> None:
    (hunk,) = one_file(HEAD + "@@ -1,3 +1,3 @@\n\n-a\n+b\n\n").hunks
    assert rows(hunk) == [
        (" ", "", 1, 1),
        ("-", "a", 2, None),
        ("+", "b", None, 2),
        (" ", "", 3, 3),
    ]
    assert hunk.confidence == EXACT


@pytest.mark.parametrize(
    ("head", "want"),
    [
        (
            (
                "diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..1234567\n"
                "--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+x\n"
            ),
            (None, "n.c", "added", None, "1234567", None, "100644", 1),
        ),
        (
            (
                "diff --git a/n.c b/n.c\ndeleted file mode 100755\nindex 1234567..0000000\n"
                "--- a/n.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
            ),
            ("n.c", None, "deleted", "1234567", None, "100755", None, 1),
        ),
        (
            "diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..e69de29\n",
            (None, "n.c", "added", None, "e69de29", None, "100644", 0),
        ),
        (
            "diff --git a/o.c b/n.c\nsimilarity index 100%\nrename from o.c\nrename to n.c\n",
            ("o.c", "n.c", "renamed", None, None, None, None, 0),
        ),
        (
            (
                "diff --git a/o b.c b/n b.c\nsimilarity index 90%\n"
                "rename from o b.c\nrename to n b.c\n"
                "index 1111111..2222222 100644\n--- a/o b.c\t\n+++ b/n b.c\t\n@@ -1 +1 @@\n-x\n+y\n"
            ),
            ("o b.c", "n b.c", "renamed", "1111111", "2222222", "100644", "100644", 1),
        ),
        (
            "diff --git a/o.c b/n.c\nsimilarity index 95%\ncopy from o.c\ncopy to n.c\n",
            ("o.c", "n.c", "copied", None, None, None, None, 0),
        ),
        (
            "diff --git a/run me.sh b/run me.sh\nold mode 100644\nnew mode 100755\n",
            ("run me.sh", "run me.sh", "mode", None, None, "100644", "100755", 0),
        ),
        (
            (
                "diff --git a/s.sh b/s.sh\nold mode 100644\nnew mode 100755\n"
                "index 1111111..2222222\n--- a/s.sh\n+++ b/s.sh\n@@ -1 +1 @@\n-x\n+y\n"
            ),
            ("s.sh", "s.sh", "modified", "1111111", "2222222", "100644", "100755", 1),
        ),
        (
            (
                "--- a/plain.c\t2024-01-02 03:04:05.000000000 +0000\n"
                "+++ b/plain.c\t2024-01-02 03:04:06.000000000 +0000\n@@ -1 +1 @@\n-x\n+y\n"
            ),
            ("plain.c", "plain.c", "modified", None, None, None, None, 1),
        ),
        (
            "--- linux.orig/k.c\n+++ linux/k.c\n@@ -1 +1 @@\n-x\n+y\n",
            ("linux.orig/k.c", "linux/k.c", "modified", None, None, None, None, 1),
        ),
        (
            (
                'diff --git "a/f\\303\\274 \\"q\\"\\t.c" "b/f\\303\\274 \\"q\\"\\t.c"\n'
                '--- "a/f\\303\\274 \\"q\\"\\t.c"\n+++ "b/f\\303\\274 \\"q\\"\\t.c"\n'
                "@@ -1 +1 @@\n-x\n+y\n"
            ),
            ('fü "q"\t.c', 'fü "q"\t.c', "modified", None, None, None, None, 1),
        ),
        (
            'diff --git "a/\\303\\274" "b/\\303\\274"\nold mode 100644\nnew mode 100755\n',
            ("ü", "ü", "mode", None, None, "100644", "100755", 0),
        ),
        (
            "modified   arch/arm64/kvm/rmi.c\n@@ -1 +1 @@\n-x\n+y\n",
            ("arch/arm64/kvm/rmi.c",) * 2 + ("modified", None, None, None, None, 1),
        ),
    ],
)
def test_file_header(head: str, want: tuple[object, ...]) -> None:
    file = one_file(head)
    got = (file.old_path, file.new_path, file.status, file.old_blob, file.new_blob)
    assert (*got, file.old_mode, file.new_mode, len(file.hunks)) == want
    assert all(hunk.confidence == EXACT for hunk in file.hunks)
    assert file.notes == []


def test_no_newline_at_the_end() -> None:
    text = (
        HEAD + "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    )
    (hunk,) = one_file(text).hunks
    assert [(x.text, x.eol) for x in hunk.lines] == [("a", False), ("b", False)]
    (hunk,) = one_file(text.rpartition("\\")[0]).hunks
    assert [(x.text, x.eol) for x in hunk.lines] == [("a", False), ("b", True)]


@pytest.mark.parametrize(
    "body",
    [
        "GIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n\nliteral 0\nHcmV?d00001\n\n",
        "Binary files a/logo.png and b/logo.png differ\n",
    ],
)
def test_binary_is_noted_and_the_rest_read(body: str) -> None:
    diffs = parse_diff(
        "diff --git a/logo.png b/logo.png\nindex 1111111..2222222 100644\n"
        + body
        + HEAD
        + "@@ -1 +1 @@\n-a\n+b\n",
        "mail",
    )
    logo, code = diffs.files
    assert logo.binary and not logo.hunks and "binary" in logo.notes[0].text
    assert logo.notes[0][:2] == ("mail", 3)
    assert not code.binary and len(code.hunks) == 1


def test_combined_diff_is_noted_and_skipped() -> None:
    text = (
        "diff --cc m.c\nindex 1,2..3\n--- a/m.c\n+++ b/m.c\n@@@ -1,2 -1,2 +1,2 @@@\n"
        "  a\n+ b\n +c\n" + HEAD + "@@ -1 +1 @@\n-a\n+b\n"
    )
    diffs = parse_diff(text, "mail")
    assert [file.path for file in diffs.files] == ["k/rmi.c"]
    assert [(note.line, "combined" in note.text) for note in diffs.notes] == [(1, True)]


@pytest.mark.parametrize("text", ["", "\n", "no diff\n-- \nme\n", "--- a\n+++ b\n", "- item\n+1\n"])
def test_text_without_a_diff(text: str) -> None:
    assert parse_diff(text) == ([], [])


def test_crlf_is_the_mail_s_not_the_file_s() -> None:
    text = (HEAD + "@@ -1 +1,2 @@\n-a\n+b\n+c\n").replace("\n", "\r\n")
    assert added(text) == ["b", "c"]
    # A file that has CRLF itself keeps it: the header lines end in LF.
    assert added(HEAD + "@@ -1 +1 @@\n-a\r\n+b\r\n") == ["b\r"]


def test_several_files_and_depths_in_order() -> None:
    """A quoted patch, in it the reviewer's counter-proposal, then the quote again."""
    text = (
        "> diff --git a/one.c b/one.c\n> --- a/one.c\n> +++ b/one.c\n"
        "> @@ -1,2 +1,4 @@ f\n>  a\n> +b\n"
        "Better:\n"
        "diff --git a/two.c b/two.c\n--- a/two.c\n+++ b/two.c\n@@ -5 +5 @@ g\n-x\n+y\n"
        "> +c\n>  d\n"
    )
    one, two = parse_diff(text).files
    assert (one.path, one.depth, [x.text for x in one.hunks[0].added]) == ("one.c", 1, ["b", "c"])
    assert (two.path, two.depth, [x.text for x in two.hunks[0].added]) == ("two.c", 0, ["y"])
    assert one.hunks[0].confidence == two.hunks[0].confidence == EXACT


def test_quoted_text_line_in_a_document() -> None:
    """A context line ` > x` of an unquoted patch is no quote."""
    (hunk,) = one_file(HEAD + "@@ -1,2 +1,3 @@\n > x\n+> y\n  > z\n").hunks
    assert [x.text for x in hunk.lines] == ["> x", "> y", " > z"]


def test_wrapped_header_lines() -> None:
    path = "arch/arm64/include/asm/a_name_that_is_long_enough_to_be_wrapped_by_it.h"
    text = (
        f"diff --git a/{path}\nb/{path}\n--- a/{path}\n+++ b/{path}\n"
        "@@ -597,4 +597,5 @@ static int realm_do_some_initial_thing(struct kvm *kvm,\n"
        "unsigned long ipa,\n"
        "  a();\n  b();\n  c();\n+ d();\n  e();\n"
    )
    file = one_file(text)
    assert file.new_path == path and file.notes == []
    (hunk,) = file.hunks
    assert hunk.section.endswith("(struct kvm *kvm, unsigned long ipa,")
    assert [(x.text, x.new) for x in hunk.added] == [(" d();", 600)]
    assert hunk.confidence == DERIVED and hunk.repairs


def test_wrapped_diff_line_without_names_behind_it() -> None:
    (file,) = parse_diff("diff --git a/x.sh\nb/x.sh\nold mode 100644\nnew mode 100755\n").files
    assert (file.old_path, file.new_path, file.status) == ("x.sh", "x.sh", "mode")


def test_tail_of_a_quoted_line_left_unquoted() -> None:
    text = (
        "> " + HEAD.replace("\n", "\n> ") + "@@ -1,2 +1,3 @@ f\n>  a;\n"
        "> +\tret = rmi_some_rather_long_call(first_argument, second_argument,\nthird_argument);\n"
        ">  b;\n"
    )
    (hunk,) = one_file(text).hunks
    assert [x.text for x in hunk.added] == [
        "\tret = rmi_some_rather_long_call(first_argument, second_argument, third_argument);"
    ]
    assert hunk.confidence == DERIVED


def test_hunk_without_a_file_header() -> None:
    file = one_file("> @@ -5,2 +5,3 @@ int f(void)\n>  a\n> +b\n>  c\n")
    assert (file.path, file.hunks[0].section, file.hunks[0].confidence) == (
        "",
        "int f(void)",
        EXACT,
    )
    assert "not known" in file.notes[0].text


def test_hunk_that_goes_back_is_of_another_file() -> None:
    """The reviewer cut the second file's header out: its name must not be guessed."""
    diffs = parse_diff(HEAD + "@@ -50 +50 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n")
    assert [file.path for file in diffs.files] == ["k/rmi.c", ""]


def test_bad_hunk_header_is_noted_and_the_next_read() -> None:
    file = one_file(HEAD + "@@ -1,2 +1 @\n-a\n@@ -5 +5 @@\n-c\n+d\n@@ -99999999999 +1 @@\n+x\n")
    assert [hunk.old_start for hunk in file.hunks] == [5]
    assert [(note.line, "header" in note.text) for note in file.notes] == [(5, True), (10, True)]


BODY = " a\n+b\n c\n"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (HEAD + "@@ garbage @@\n" + BODY, 5, "header cannot be read"),
        ("--- a/k/rmi.c\n+++ b/k/rmi.c\n@@ garbage @@\n" + BODY, 3, "header cannot be read"),
        (HEAD + BODY, 1, "k/rmi.c: no hunk"),
        (HEAD, 1, "k/rmi.c: no hunk"),
        ("--- a/k/rmi.c\n+++ b/k/rmi.c\n" + BODY, 1, "k/rmi.c: no hunk"),
        ("".join(HEAD.splitlines(True)[:2]), 1, "k/rmi.c: no hunk"),
        (HEAD.splitlines(True)[0], 1, "k/rmi.c: no hunk"),
        ("diff --git a/k/rmi.c b/k/rmi.c\nnew file mode 100644\nindex 0000000..1234567\n", 1, "no"),
        ("--- /dev/null\n+++ b/k/rmi.c\n+b\n", 1, "k/rmi.c: no hunk"),
        (HEAD + "@@ -1,2 +1 @@\n", 5, "no line of the hunk"),
    ],
)
@pytest.mark.parametrize("behind", ["", "-- \n2.43.0\n"])
def test_a_file_without_hunks_is_noted(text: str, line: int, why: str, behind: str) -> None:
    """The files before and behind it are read."""
    whole = HEAD.replace("k/rmi.c", "x.c") + "@@ -1,2 +1,3 @@\n" + BODY
    first, file, last = parse_diff(whole + text + whole + behind, "mail").files
    assert (file.path, file.hunks, file.complete) == ("k/rmi.c", [], False)
    assert [(note.source, note.line, why in note.text) for note in file.notes] == [
        ("mail", 8 + line, True)
    ]
    for other in (first, last):
        assert [x.text for x in other.hunks[0].added] == ["b"]
        assert (other.complete, other.notes) == (True, [])


def test_a_quoted_header_whose_hunks_the_reviewer_cut() -> None:
    quoted = "".join(f"> {line}\n" for line in HEAD.splitlines())
    file = one_file(quoted + "Why this file?\n")
    assert (file.path, file.complete, file.notes) == ("k/rmi.c", False, [])
    diffs = parse_diff(quoted + "> +int x;\nWhy?\n")
    assert ["quoted added lines" in note.text for note in diffs.notes] == [True]


@pytest.mark.parametrize(
    "head",
    [
        "new file mode 100644\nindex 0000000..e69de29\n",
        "deleted file mode 100644\nindex e69de29bb2d1..000000000000\n",
        "old mode 100644\nnew mode 100755\n",
        "similarity index 100%\nrename from a.c\nrename to b.c\n",
        "similarity index 100%\ncopy from a.c\ncopy to b.c\n",
    ],
)
def test_files_that_need_no_hunk(head: str) -> None:
    file = one_file("diff --git a/a.c b/b.c\n" + head)
    assert (file.complete, file.notes) == (True, [])


@pytest.mark.parametrize("more", ["+d\n", " d\n e\n f\n+g\n h\n"])
def test_lines_behind_a_hunk_that_its_header_does_not_count(more: str) -> None:
    file = one_file(HEAD + "@@ -1,2 +1,3 @@\n" + BODY + more + "-- \n2.43.0\n")
    assert [x.text for x in file.hunks[0].added] == ["b"]
    assert not file.complete
    assert [(note.line, "1 in all" in note.text) for note in file.notes] == [(9, True)]


def test_a_hunk_cut_at_its_end_is_kept_and_noted() -> None:
    text = HEAD + "@@ -1,3 +1,5 @@\n f\n {\n+a\n+b\n"
    file = one_file(text)
    (hunk,) = file.hunks
    assert (hunk.confidence, [(x.text, x.new) for x in hunk.added]) == (
        DERIVED,
        [("a", 3), ("b", 4)],
    )
    assert [(note.line, "1 context line" in note.text) for note in file.notes] == [(9, True)]
    # A reviewer's quote ends where it may.
    quoted = one_file("".join(f"> {line}\n" for line in text.splitlines()))
    assert (len(quoted.hunks[0].added), quoted.notes) == (2, [])


def test_quoted_lines_without_a_header_are_noted() -> None:
    diffs = parse_diff("Hi,\n> +\tret = f();\n> +\tret = g();\nWhy?\n", "mail", 10)
    assert diffs.files == []
    assert [(note.source, note.line) for note in diffs.notes] == [("mail", 11)]


def test_lines_missing_in_the_middle_are_not_given_numbers() -> None:
    """A reviewer took lines out around a comment; the next hunk shows the quote went on."""
    mark = "\n> "
    text = (
        "> " + HEAD.replace("\n", mark) + "@@ -10,6 +10,12 @@ f\n>  a;\n>  b;\n>  c;\n> +one();\n"
        "Why?\n> +six();\n>  d;\n>  e;\n>  f;\n> @@ -30,2 +36,3 @@ g\n>  x;\n> +y;\n>  z;\n"
    )
    sure, rest, after = one_file(text).hunks
    assert (sure.confidence, [(x.text, x.new) for x in sure.added]) == (DERIVED, [("one();", 13)])
    assert (rest.confidence, [x.text for x in rest.added]) == (UNKNOWN, ["six();"])
    assert (after.confidence, [(x.text, x.new) for x in after.added]) == (EXACT, [("y;", 37)])


def test_prose_after_a_short_hunk_is_not_context() -> None:
    text = (
        HEAD + "@@ -9,6 +9,7 @@ f\nreturn;\n}\n+#if 0\nif (x)\ny();\n"
        "This is likely not what you want to do.\nThanks,\nAda\n"
    )
    (hunk,) = one_file(text).hunks
    assert [x.text for x in hunk.lines] == ["return;", "}", "", "#if 0", "if (x)", "y();"]
    assert [(x.text, x.new) for x in hunk.added] == [("#if 0", 12)]
    assert hunk.confidence == DERIVED


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("@@ -1,999999999 +1,999999999 @@\n a\n" * 20000, 20000),
        ("@@ -1,3 +1,4 @@ f\na\nb\n+c\nd\n" * 5000, 20000),
        ("> " * 500000 + "\n@@ -1 +1 @@\n-a\n+b\n", 2),
        ("@@ -1 +1 @@\n-a\n+" + "b" * 5000000 + "\n", 2),
        ("@@ -9,300 +9,300 @@\n" + "+a\n\nThis is quite a comment.\n\n" * 20000, 0),
        ("@@ -9,3 +9,30000 @@\n+" + "x" * 70 + "\n" + ("y" * 70 + "\n") * 20000, 0),
    ],
    ids=["huge counts", "many damaged", "deep quote", "long line", "many comments", "many tails"],
)
def test_hostile_input_takes_linear_time(text: str, lines: int) -> None:
    from time import process_time

    def seconds(text: str) -> float:
        begin = process_time()
        diffs = parse_diff(HEAD + text)
        spent = process_time() - begin
        assert sum(len(h.lines) for file in diffs.files for h in file.hunks) >= lines
        return spent

    # Quadratic work on these would take minutes.
    assert seconds(text) < 8

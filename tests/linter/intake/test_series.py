"""Mails sorted into series: by subject, by thread, and both in disorder."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake.mail import parse_subject, read_path
from linter.intake.patch import Mail, Note, Series
from linter.intake.series import group


def diff(path: str = "kvm/rmi.c", line: str = "added") -> str:
    return (
        f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n"
        f"--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,3 @@\n a\n+{line}\n b\n"
    )


def quote(text: str, mark: str = "> ") -> str:
    return "".join(f"{mark}{line}\n" for line in text.splitlines())


def mail(
    subject: str, body: str = "", name: str = "", parent: str = "", sender: str = "me"
) -> Mail:
    made = Mail("mbox", 1, parse_subject(subject), body)
    made.message_id = name
    made.in_reply_to = parent
    made.references = (parent,) if parent else ()
    made.sender = sender
    return made


def posting(
    count: int, name: str = "", version: int = 1, sender: str = "me", cover: bool = True
) -> list[Mail]:
    """A series as `git send-email` threads it; unthreaded without a `name`."""
    mark = f"PATCH v{version}" if version > 1 else "PATCH"
    top = f"{name}-0" if name else ""
    mails = [mail(f"[{mark} 0/{count}] about {name}", "hello\n", top, "", sender)]
    for index in range(1, count + 1):
        own = f"{name}-{index}" if name else ""
        parent = (top if cover else f"{name}-1" if index > 1 else "") if name else ""
        subject = f"[{mark} {index}/{count}] {name} step {index}"
        mails.append(mail(subject, "why\n---\n" + diff(line=name), own, parent, sender))
    return mails if cover else mails[1:]


def titles(series: Series) -> list[str]:
    return [patch.mail.subject.title for patch in series.patches]


def steps(name: str, *numbers: int) -> list[str]:
    return [f"{name} step {number}" for number in numbers]


def notes(series: Series) -> list[str]:
    own = [note.text for note in series.notes]
    return own + [note.text for patch in series.patches for note in patch.notes]


def test_a_series_is_put_in_order() -> None:
    cover, *patches = posting(12, "a")
    (series,) = group([*patches[5:], cover, *patches[:5]])
    assert titles(series) == steps("a", *range(1, 13))
    assert [patch.index for patch in series.patches] == list(range(1, 13))
    assert {patch.kind for patch in series.patches} == {"patch"}
    assert (series.title, series.version, series.total) == ("about a", 1, 12)
    assert series.cover is cover
    assert not notes(series)


def test_an_unnumbered_patch() -> None:
    (series,) = group([mail("[PATCH] one", diff())])
    assert (series.title, series.total, titles(series)) == ("one", 1, ["one"])
    assert [file.path for file in series.patches[0].files] == ["kvm/rmi.c"]
    assert not notes(series)


def test_nothing_to_check() -> None:
    assert group([]) == []
    assert group([mail("hello", "no diff\n"), mail("Re: hello", "> no diff\n")]) == []


def test_plain_diffs_are_series_of_one_patch() -> None:
    series = group([mail("", diff("a.c")), mail("", diff("b.c"))])
    assert [one.patches[0].files[0].path for one in series] == ["a.c", "b.c"]
    assert not notes(series[0]) + notes(series[1])


def test_a_subject_without_a_word_of_patch() -> None:
    (series,) = group([mail("[foo 2/2] b", diff()), mail("[foo 1/2] a", diff())])
    assert titles(series) == ["a", "b"]


def test_several_series_of_one_size_stay_apart_by_thread() -> None:
    mixed = [one for pair in zip(posting(3, "a"), posting(3, "b"), strict=True) for one in pair]
    first, second = group(mixed)
    assert (first.title, second.title) == ("about a", "about b")
    assert titles(first) == steps("a", 1, 2, 3)
    assert titles(second) == steps("b", 1, 2, 3)
    assert not notes(first) + notes(second)


def test_versions_of_one_thread_stay_apart() -> None:
    old = posting(2, "a")
    new = posting(2, "b", version=2)
    new[0].in_reply_to = old[0].message_id
    new[0].references = (old[0].message_id,)
    first, second = group(old + new)
    assert (first.version, first.cover) == (1, old[0])
    assert (second.version, second.cover) == (2, new[0])
    assert titles(second) == steps("b", 1, 2)


def test_without_threads_the_subjects_do() -> None:
    first, second = group(posting(3) + posting(3))
    for series in (first, second):
        assert titles(series) == [" step 1".strip(), "step 2", "step 3"]
        assert series.cover is not None
    assert first.cover is not second.cover


def test_without_threads_senders_stay_apart() -> None:
    pairs = zip(posting(2, sender="x"), posting(2, sender="y"), strict=True)
    first, second = group([one for pair in pairs for one in pair])
    for series, sender in ((first, "x"), (second, "y")):
        assert [patch.mail.sender for patch in series.patches] == [sender, sender]
        assert series.cover is not None
        assert series.cover.sender == sender


@pytest.mark.parametrize("cover", [True, False])
def test_authors_do_not_split_the_files_of_a_series(cover: bool) -> None:
    """`git format-patch` writes the author into From:, and no thread."""
    mails = posting(4, cover=cover)
    for one, author in zip(mails[-4:], "xyzx", strict=True):
        one.sender = author
    mails.sort(key=lambda one: -(one.subject.index or 0))
    (series,) = group(mails)
    assert [patch.mail.sender for patch in series.patches] == ["x", "y", "z", "x"]
    assert (series.cover is not None) == cover
    assert not notes(series)


def test_authors_do_not_join_what_comes_twice() -> None:
    first, second = posting(2, cover=False), posting(2, cover=False)
    for mails, authors in ((first, "xy"), (second, "yx")):
        for one, author in zip(mails, authors, strict=True):
            one.sender = author
    assert [[patch.mail for patch in one.patches] for one in group(first + second)] == [
        first,
        second,
    ]


def test_parts_of_other_threads_are_not_joined() -> None:
    a = posting(4, "a", sender="x")
    b = posting(4, "b", sender="y")
    first, second = group([a[1], a[2], b[3], b[4]])
    assert titles(first) == steps("a", 1, 2)
    assert titles(second) == steps("b", 3, 4)
    assert notes(first) + notes(second) == [
        "patches missing of 4: 3-4",
        "patches missing of 4: 1-2",
    ]


def test_notes_on_a_commit_name_the_file_not_a_line() -> None:
    body = diff("a.c") + "diff --git a/b.bin b/b.bin\nBinary files a/b.bin and b/b.bin differ\n"
    one = mail("[PATCH] x", body)
    one.source, one.located = "commit", False
    (series,) = group([one])
    assert [file.notes for file in series.patches[0].files] == [
        [],
        [Note("commit", 0, "b.bin: binary file: not read")],
    ]


def test_a_thread_without_cover() -> None:
    (series,) = group(posting(3, "a", cover=False))
    assert titles(series) == steps("a", 1, 2, 3)
    assert series.cover is None
    assert series.title == "a step 1"


def test_deep_threads_with_a_mail_missing() -> None:
    def deep(name: str) -> list[Mail]:
        mails = posting(4, name)
        for index in (2, 3, 4):
            mails[index].in_reply_to = f"{name}-{index - 1}"
            mails[index].references = tuple(f"{name}-{before}" for before in range(index))
        return mails

    a, b = deep("a"), deep("b")
    first, second = group([a[0], a[1], b[0], b[1], b[3], b[4], a[3], a[4]])
    assert titles(first) == steps("a", 1, 3, 4)
    assert titles(second) == steps("b", 1, 3, 4)
    assert [note.text for note in first.notes] == ["patches missing of 4: 2"]


def test_threads_in_a_circle_do_no_harm() -> None:
    mails = posting(3, "a")
    mails[0].in_reply_to = "a-3"
    mails[1].in_reply_to = "a-1"
    (series,) = group(mails)
    assert titles(series) == steps("a", 1, 2, 3)


def test_what_is_missing_is_told_in_short() -> None:
    mails = posting(9999, "a")
    (series,) = group([mails[index] for index in (0, 2, 7)])
    assert [note.text for note in series.notes] == ["patches missing of 9999: 1, 3-6, 8-9999"]


def test_one_mail_of_a_series() -> None:
    (series,) = group(posting(5, "a")[3:4])
    assert titles(series) == steps("a", 3)
    assert series.patches[0].total == 5
    # Nobody is told that one mail is one mail: b4 hands them over one by one.
    assert not notes(series)


def test_a_patch_sent_again_stands_apart() -> None:
    mails = posting(3, "a")
    again = mail("[PATCH RESEND 2/3] a step 2", diff(line="better"), "a-2b", "a-0")
    first, second = group([*mails, again])
    assert titles(first) == steps("a", 1, 2, 3)
    assert "why" in first.patches[1].mail.body
    assert not notes(first)
    assert [patch.mail for patch in second.patches] == [again]
    assert "patch 2/3 is here again: a step 2" in notes(second)


def test_a_whole_series_sent_again_in_its_thread() -> None:
    again = posting(3, "a")
    for one in again:
        one.message_id += "-again"
        one.body += "again\n"
    first, second = group(posting(3, "a") + again)
    assert titles(first) == titles(second) == steps("a", 1, 2, 3)
    assert len([text for text in notes(second) if "is here again" in text]) == 3


def test_the_same_mail_twice_is_read_once() -> None:
    # Two lists, two copies in the mailbox.
    (series,) = group(posting(2, "a") + posting(2, "a"))
    assert titles(series) == steps("a", 1, 2)
    assert notes(series) == ["3 mails are here twice and were read once"]


def test_a_cover_letter_without_bracket() -> None:
    cover, *patches = posting(2, "a")
    cover.subject = parse_subject("about it")
    stray = mail("lunch", "at noon?\n", "z-0")
    (series,) = group([stray, cover, *patches])
    assert series.cover is cover
    assert series.title == "about it"
    assert notes(series) == ["1 mails belong to no series here and were not read"]


def test_a_diff_in_a_cover_letter_is_told() -> None:
    mails = posting(2, "a")
    mails[0].body += diff()
    (series,) = group(mails)
    assert len(series.patches) == 2
    assert notes(series) == ["the cover letter holds a diff that was not read"]


def test_replies_stay_unread_beside_patches() -> None:
    mails = posting(2, "a")
    replies = [
        mail("Re: [PATCH 1/2] a step 1", quote(diff()) + "no\n\n" + diff("x.c"), "r1", "a-1"),
        mail("Re: about a", "thanks\n", "r2", "a-0"),
        # Archives lose the Re:, and the thread.
        mail("[PATCH 2/2] a step 2", quote(diff()) + "why?\n", "r3"),
        # A diff with a new subject, out of the discussion.
        mail("another way", "> text\n\nlike so:\n" + diff("x.c"), "r4", "r1"),
        mail("by the way", "no quote\n", "r5", "r4"),
    ]
    (series,) = group(mails + replies)
    assert titles(series) == steps("a", 1, 2)
    assert sorted(reply.message_id for reply in series.replies) == ["r1", "r2", "r3", "r4", "r5"]
    assert not notes(series)


def test_replies_go_to_the_version_they_answer() -> None:
    old, new = posting(2, "a"), posting(2, "b", version=2)
    new[0].in_reply_to = old[0].message_id
    answer = mail("Re: [PATCH v2 1/2] b step 1", "> why\n", "r", "b-1")
    first, second = group([*old, *new, answer])
    assert first.replies == []
    assert second.replies == [answer]


def test_a_patch_may_quote() -> None:
    body = "Somebody wrote:\n> it is broken\n---\n" + diff()
    cover, first, second = posting(2, "a")
    second.body = body
    (series,) = group([cover, first, second])
    assert [patch.kind for patch in series.patches] == ["patch", "patch"]
    assert series.replies == []


def test_a_patch_that_quotes_a_diff_is_still_the_patch() -> None:
    body = "This was proposed:\n" + quote(diff("old.c")) + "\n---\n" + diff("new.c")
    (series,) = group([mail("[PATCH] x", body)])
    assert [(one.kind, one.files[0].path) for one in series.patches] == [
        ("reply", "old.c"),
        ("patch", "new.c"),
    ]


@pytest.mark.parametrize("subject", ["Re: [PATCH v3 2/4] x", "[PATCH v3 2/4] x", ""])
def test_a_quoted_patch_on_its_own(subject: str) -> None:
    (series,) = group([mail(subject, quote("why\n---\n" + diff("a.c") + diff("b.c")) + "\nno\n")])
    (patch,) = series.patches
    assert patch.kind == "reply"
    assert [(file.path, file.depth) for file in patch.files] == [("a.c", 1), ("b.c", 1)]
    if subject:
        assert (series.version, series.total, patch.index) == (3, 4, 2)
    assert not notes(series)


def test_replies_on_their_own_are_sorted() -> None:
    mails = [
        mail("Re: [PATCH 2/2] b", quote(diff("b.c")), "r2", "lost"),
        mail("Re: [PATCH 1/2] a", quote(diff("a.c")), "r1", "lost"),
        mail("Re: [PATCH 2/2] b", quote(quote(diff("b.c"))), "r3", "r2"),
        mail("Re: [PATCH 0/2] all", "> hello\n", "r4", "lost"),
    ]
    (series,) = group(mails)
    assert [patch.mail.message_id for patch in series.patches] == ["r1", "r2", "r3"]


def test_a_numbered_patch_without_diff_is_told() -> None:
    mails = posting(2, "a")
    mails[2].body = "the list has eaten it\n"
    (series,) = group(mails)
    assert titles(series) == steps("a", 1, 2)
    assert series.patches[1].files == []
    assert notes(series) == ["no diff in this patch"]


def test_a_reply_is_read_if_its_patch_has_no_diff() -> None:
    empty = mail("[PATCH 1/1] a", "the list has eaten it\n", "a-1")
    answer = mail("Re: [PATCH 1/1] a", quote(diff()) + "no\n", "r", "a-1")
    (series,) = group([empty, answer])
    assert [(patch.kind, patch.mail) for patch in series.patches] == [("reply", answer)]


def test_each_occurrence_in_an_archive_s_text() -> None:
    original, proposal = diff("a.c") + diff("b.c"), diff("a.c", "if (x)") + diff("other.c")
    text = (
        "What it does.\n---\n"
        + original
        + "-- \n2.43.0\nHi,\n"
        + quote(diff("a.c"))
        + "I would rather:\n\n"
        + proposal
        + "Thanks\n"
        + quote(quote(original) + proposal)
        + "Right.\n"
        + quote(original)
    )
    (series,) = group([mail("", text)])
    found = [
        (one.kind, one.files[0].depth, [file.path for file in one.files]) for one in series.patches
    ]
    assert found == [
        ("patch", 0, ["a.c", "b.c"]),
        ("reply", 1, ["a.c"]),
        ("reply", 0, ["a.c", "other.c"]),
        ("reply", 2, ["a.c", "b.c"]),
        ("reply", 1, ["a.c", "other.c"]),
        ("reply", 1, ["a.c", "b.c"]),
    ]


def test_diffs_one_after_another_are_patches_in_order() -> None:
    (series,) = group([mail("", diff("a.c", "one") + diff("b.c") + diff("a.c", "two"))])
    assert [one.kind for one in series.patches] == ["patch", "patch"]
    assert [[file.path for file in one.files] for one in series.patches] == [
        ["a.c", "b.c"],
        ["a.c"],
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_base_commit(place: int) -> None:
    base = "0123456789abcdef0123456789abcdef01234567"
    mails = posting(2, "a")
    mails[place].body += f"\nbase-commit: {base}\nprerequisite-patch-id: {base}\n-- \n2.43.0\n"
    assert group(mails)[0].base_commit == base


def test_a_quoted_base_commit_is_not_the_base() -> None:
    mails = posting(2, "a")
    mails[0].body += "> base-commit: 0123456789abcdef0123456789abcdef01234567\n"
    mails[1].body += "base-commit: v6.11; rm -rf\n"
    assert group(mails)[0].base_commit is None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.booleans()), max_size=4),
    st.randoms(use_true_random=False),
)
def test_threaded_series_come_back_whole_in_any_order(
    shapes: list[tuple[int, int, bool]], random: Random
) -> None:
    postings = {
        f"s{number}": posting(count, f"s{number}", version, cover=cover)
        for number, (count, version, cover) in enumerate(shapes)
    }
    mails = [one for mails in postings.values() for one in mails]
    random.shuffle(mails)
    found = {titles(series)[0].split()[0]: series for series in group(mails)}
    assert found.keys() == postings.keys()
    for name, series in found.items():
        count = series.total
        assert titles(series) == steps(name, *range(1, count + 1))
        assert (series.cover is not None) == (len(postings[name]) > count)
        assert not notes(series)


SUBJECTS = st.builds(
    lambda re, mark, numbers, title: f"{re}[{mark}{numbers}] {title}",
    st.sampled_from(["", "Re: "]),
    st.sampled_from(["PATCH", "PATCH v2", "RFC PATCH RESEND", "x"]),
    st.sampled_from(["", " 0/2", " 1/2", " 2/2", " 3/2", " 1/1"]),
    st.sampled_from(["a", "b", ""]),
)
NAMES = st.sampled_from(["", "1", "2", "3", "4"])
BODIES = st.lists(
    st.sampled_from(["text\n", "> text\n", diff(), quote(diff()), diff("b.h"), "base-commit: 1\n"]),
    max_size=4,
).map("".join)
MAILS = st.builds(mail, SUBJECTS, BODIES, NAMES, NAMES, st.sampled_from(["me", "you"]))


@settings(deadline=None, max_examples=300)
@given(st.lists(MAILS, max_size=8))
def test_no_patch_is_lost_or_found_twice_in_any_mailbox(mails: list[Mail]) -> None:
    result = group(mails)
    sent = [
        one
        for one in mails
        if "\ndiff --git" in f"\n{one.body}"
        and not one.subject.reply
        and one.subject.patch
        and one.subject.index != 0
    ]
    read = [patch.mail for series in result for patch in series.patches if patch.kind == "patch"]
    for one in sent:
        # Of two copies of one mail only the first is read.
        key = (one.message_id, one.subject, one.body)
        copies = [
            it for it in mails if it.message_id and (it.message_id, it.subject, it.body) == key
        ]
        assert one in read or copies[0] in read
    for series in result:
        indices = [patch.index for patch in series.patches]
        assert indices == sorted(indices)
        places = {
            (patch.index, id(patch.mail)) for patch in series.patches if patch.kind == "patch"
        }
        assert len({index for index, _ in places}) == len(places)
    covers = [series.cover for series in result if series.cover]
    assert len({id(cover) for cover in covers}) == len(covers)


def test_large_mailboxes_take_seconds_at_most() -> None:
    began = time.perf_counter()
    text = diff()
    # All in one thread; without any thread; in a chain.
    group([mail("[PATCH 1/2] x", text, str(n), "top") for n in range(4000)])
    group([mail("[PATCH 1/2] x", text) for n in range(4000)])
    group([mail(f"[PATCH {n % 9}/9] x", text, str(n), str(n - 1)) for n in range(4000)])
    group([mail("[PATCH 0/2] x", "", str(n), "top") for n in range(4000)])
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("version", "total"),
    [(4, 43), (5, 43), (6, 43), (7, 45), (8, 43), (9, 43), (10, 43), (12, 46), (13, 48)],
)
def test_the_corpus(shared: Path, version: int, total: int) -> None:
    mails = read_path(str(shared / "corpus" / f"cca-kvm-v{version}.mbox"))
    (series,) = group(mails)
    assert (series.version, series.total) == (version, total)
    assert [patch.index for patch in series.patches] == list(range(1, total + 1))
    assert series.cover is mails[0]
    assert len(series.replies) == len(mails) - total - 1
    assert all(patch.files for patch in series.patches)
    assert not notes(series)


def test_the_corpus_in_one_mailbox(shared: Path) -> None:
    mails = [
        one
        for version in (4, 5, 6, 8, 9, 10)
        for one in read_path(str(shared / "corpus" / f"cca-kvm-v{version}.mbox"))
    ]
    found = group(mails)
    assert [(series.version, len(series.patches)) for series in found] == [
        (version, 43) for version in (4, 5, 6, 8, 9, 10)
    ]
    assert sum(len(series.replies) for series in found) == len(mails) - 6 * 44
    assert not [text for series in found for text in notes(series)]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        # Counted by hand: who quotes what at which depth.
        ("000_8af3abdf3403eb17", ["0", "1r", "0r2", "2r", "1r2", "3r", "2r2", "1r", "1r", "2r"]),
        ("001_a3d9c5b5270d920d", ["0r", "0r"]),
        ("002_052c4053ea834622", ["1r2"]),
        ("003_07dc1e96ea0016c6", ["1r5"]),
    ],
)
def test_the_seeds(shared: Path, name: str, kinds: list[str]) -> None:
    (series,) = group(read_path(str(shared / "seeds" / f"{name}.txt")))
    found = [
        f"{patch.files[0].depth}{'r' * (patch.kind == 'reply')}"
        + (f"{len(patch.files)}" if len(patch.files) > 1 else "")
        for patch in series.patches
    ]
    assert found == kinds


def test_a_seed_without_any_diff(shared: Path) -> None:
    assert group(read_path(str(shared / "seeds" / "004_3df11cc0c7847fd5.txt"))) == []

"""Archives in public-inbox v2 form, made by git's plumbing: threads, deleted and bad mails."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake import public_inbox
from linter.intake.git import GitError
from linter.intake.public_inbox import Archive, _gather, _ids, _Letter

WORDS = [b"rmi_", b"RMI_"]
DIFF = "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1 +1,2 @@\n one\n+{}\n"
DAY = 86_400
START = 1_767_225_600  # 2026-01-01T00:00:00Z


def mail(name: str, subject: str, body: str = "", *parents: str, extra: str = "") -> bytes:
    """A mail whose Message-ID is `name`, in reply to the last of its parents."""
    head = f"From: A <a@x.org>\nSubject: {subject}\nMessage-ID: <{name}>\n{extra}"
    if parents:
        head += f"In-Reply-To: <{parents[-1]}>\n"
        head += f"References: {' '.join(f'<{p}>' for p in parents)}\n"
    return f"{head}\n{body}".encode()


def patch(name: str, subject: str, line: str, *parents: str) -> bytes:
    return mail(name, subject, f"Why.\n\n{DIFF.format(line)}", *parents)


def archive(repo: Path, commits: Iterable[tuple[str, bytes]], start: int = START) -> Path:
    """A bare repository; each commit has one mail, as `m` or `d`, one a day from `start` on."""
    repo.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", "--bare", str(repo)], check=True)
    stream = [b"feature done\n"]
    for number, (name, data) in enumerate(commits):
        stream.append(
            b"commit refs/heads/master\ncommitter A <a@x.org> %d +0000\ndata 0\ndeleteall\n"
            b"M 100644 inline %s\ndata %d\n%s\n"
            % (start + number * DAY, name.encode(), len(data), data)
        )
    stream.append(b"done\n")
    subprocess.run(
        ["git", "-C", str(repo), "fast-import", "--quiet"], input=b"".join(stream), check=True
    )
    return repo


def read(path: Path, after: str | None = None) -> list[list[str]]:
    """The Message-IDs of the threads."""
    found = Archive(str(path), after)
    return [[m.message_id for m in thread] for thread in found.threads(WORDS)]


SERIES = [
    ("m", mail("c", "[PATCH 0/2] arm64: lend", "RMI_")),
    ("m", patch("p1", "[PATCH 1/2] one", "int a;", "c")),
    ("m", patch("other", "[PATCH] other", "int b;")),
    ("m", patch("p2", "[PATCH 2/2] two", "rmi_lend();", "c")),
    ("m", mail("r", "Re: [PATCH 2/2] two", "> +rmi_lend();\nNo.", "c", "p2")),
]


def test_a_series_is_found_among_other_mails(tmp_path: Path) -> None:
    assert read(archive(tmp_path / "0.git", SERIES)) == [["c", "p1", "p2"]]


def test_epochs_are_one_archive(tmp_path: Path) -> None:
    archive(tmp_path / "git" / "0.git", SERIES[:3])
    archive(tmp_path / "git" / "1.git", SERIES[3:], START + 3 * DAY)
    newer = [("m", patch("n", "[PATCH] new", "rmi_new();"))]
    archive(tmp_path / "git" / "10.git", newer, START + 9 * DAY)
    threads = list(Archive(str(tmp_path)).threads(WORDS))
    assert [[m.message_id for m in t] for t in threads] == [["n"], ["c", "p1", "p2"]]
    sources = {m.message_id: m.source.split(":")[0] for t in threads for m in t}
    assert sources == {"c": "0.git", "p1": "0.git", "p2": "1.git", "n": "10.git"}
    assert read(tmp_path / "git") == read(tmp_path)


def test_a_mail_that_was_taken_back_is_not_read(tmp_path: Path) -> None:
    back = patch("p2", "[PATCH 2/2] two", "rmi_lend();", "c")
    repo = archive(tmp_path / "0.git", [*SERIES, ("d", back)])
    assert read(repo) == [["c", "p1"]]  # the cover letter has the word
    assert read(archive(tmp_path / "1.git", [*SERIES, ("d", back), ("m", back)])) == [
        ["c", "p1", "p2"]
    ]


def test_a_date_is_where_it_begins(tmp_path: Path) -> None:
    repo = archive(tmp_path / "0.git", SERIES)
    assert read(repo, "2026-01-02") == [["p1", "p2"]]
    assert read(repo, "2026-01-05") == []  # the reply


def test_a_series_without_a_thread_is_put_together(tmp_path: Path) -> None:
    commits = [("m", patch(f"p{n}", f"[PATCH v3 {n}/3] x", "rmi_x();")) for n in (1, 2, 3)]
    assert read(archive(tmp_path / "0.git", commits)) == [["p1", "p2", "p3"]]


def test_words_are_found_in_what_is_encoded(tmp_path: Path) -> None:
    text = base64.encodebytes(DIFF.format("rmi_x();").encode()).decode()
    head = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
    plain = base64.encodebytes(DIFF.format("int x;").encode()).decode()
    commits = [
        ("m", mail("b", "[PATCH] coded", text, extra=head)),
        ("m", mail("n", "[PATCH] coded", plain, extra=head)),
    ]
    assert read(archive(tmp_path / "0.git", commits)) == [["b"]]


def test_what_is_no_mail_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_inbox, "_LIMIT", 2000)
    commits = [
        ("m", b""),
        ("m", b"\0\xff\n\n" + b"rmi_" * 9),
        ("m", b"Subject: [PATCH] no end rmi_"),
        ("x", patch("x", "[PATCH] x", "rmi_x();")),
        ("m", patch("long", "[PATCH] long", "rmi_" * 999)),
        ("m", patch("p", "[PATCH] p", "rmi_p();")),
    ]
    found = Archive(str(archive(tmp_path / "0.git", commits)))
    threads = [[m.message_id for m in t] for t in found.threads(WORDS)]
    assert threads == [["p"]]
    assert found.mails == 5  # x is none
    [note] = found.notes
    assert note.source.startswith("0.git:")
    assert "which is no mail; not read" in note.text
    assert found.complete


def test_a_damaged_repository_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    old = archive(tmp_path / "git" / "0.git", SERIES)
    archive(tmp_path / "git" / "1.git", [("m", patch("n", "[PATCH] n", "rmi_n();"))])
    for pack in (old / "objects").rglob("*"):
        if pack.is_file():
            os.chmod(pack, 0o600)
            pack.write_bytes(b"no object")
    found = Archive(str(tmp_path))
    assert [[m.message_id for m in t] for t in found.threads(WORDS)] == [["n"]]
    assert not found.complete
    assert any(n.text.startswith("not read to its end: ") for n in found.notes)


def test_an_empty_archive_has_no_mail(tmp_path: Path) -> None:
    repo = archive(tmp_path / "0.git", [])
    assert read(repo) == []


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for path in (tmp_path / "none", tmp_path / "plain"):
        with pytest.raises(GitError):
            Archive(str(path))


# -- threads


def letters(
    rows: list[tuple[int, list[bytes], bool]], size: int = 1
) -> list[tuple[_Letter, list[bytes]]]:
    return [(_Letter(at, "e", str(at), size, named), ids) for at, ids, named in rows]


def blobs(rows: list[tuple[_Letter, list[bytes]]]) -> list[list[str]]:
    return [[letter.blob for letter in thread] for thread in _gather(rows)]


def test_mails_that_a_later_one_joins_are_one_thread() -> None:
    rows = letters(
        [(1, [b"a"], False), (2, [b"b"], True), (3, [b"c"], True), (4, [b"a", b"b"], False)]
    )
    assert sorted(blobs(rows)) == [["3"], ["4", "2", "1"]]


def test_a_thread_is_over_when_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_inbox, "_WINDOW", 10)
    rows = letters([(0, [b"a"], True), (5, [b"b"], True), (9, [b"a"], True), (15, [b"c"], True)])
    assert blobs(rows) == [["5"], ["9", "0"], ["15"]]
    rows = letters([(0, [b"a"], True), (10, [b"a"], True)])
    assert blobs(rows) == [["10", "0"]]
    rows = letters([(0, [b"a"], True), (10, [b"b"], True), (11, [b"a"], True)])
    assert blobs(rows) == [["0"], ["10"], ["11"]]


def test_a_thread_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_inbox, "_MOST_MAILS", 3)
    rows = letters([(at, [b"a"], True) for at in range(7)])
    assert blobs(rows) == [["2", "1", "0"], ["5", "4", "3"], ["6"]]
    monkeypatch.setattr(public_inbox, "_MOST_BYTES", 20)
    assert blobs(letters([(at, [b"a"], True) for at in range(4)], 10)) == [["1", "0"], ["3", "2"]]


@given(st.lists(st.tuples(st.lists(st.sampled_from([b"a", b"b", b"c", b"d"])), st.booleans())))
def test_every_mail_is_in_one_thread_at_most(rows: list[tuple[list[bytes], bool]]) -> None:
    read = letters([(at, ids, named) for at, (ids, named) in enumerate(rows)])
    threads = blobs(read)
    told = [blob for thread in threads for blob in thread]
    assert len(told) == len(set(told))
    assert {letter.blob for letter, _ in read if letter.named} <= set(told)
    # ids that occur together, directly or by others, are of one thread
    groups: list[set[bytes]] = []
    for ids, _ in rows:
        mine = set(ids)
        joined = [g for g in groups if g & mine]
        groups = [g for g in groups if not g & mine] + [mine.union(*joined)]
    loose = sum(named and not ids for ids, named in rows)
    wanted = [g for g in groups if any(named and set(ids) & g for ids, named in rows)]
    assert len(threads) == loose + len(wanted)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_ids_of_anything(raw: bytes) -> None:
    for data in (raw, b"Subject: [PATCH 1/2] x\n" + b"References: <a> <b>%s\n" % raw * 9 + b"\n"):
        ids = _ids(data)
        assert ids is None or len(ids) <= public_inbox._MOST_IDS + 1


def test_a_reply_is_of_no_series() -> None:
    assert _ids(mail("r", "Re: [PATCH 1/2] x", DIFF)) is None
    assert _ids(mail("q", "AW: Re: [PATCH 1/2] x")) is None
    assert _ids(mail("t", "a question")) is None
    assert _ids(mail("t", "a change", DIFF)) == [b"t"]
    assert _ids(mail("p", "[PATCH 1/2] x", "", "c", "p0")) == [b"p", b"p0", b"c", b"p0"]
    assert _ids(mail("l", f"{'x' * 2000} [PATCH 1/2] x")) is None  # no subject is so long
    folded = b"Subject: [PATCH v2\r\n 1/2] x\r\nMessage-ID:\r\n <id@x>\r\nFrom: A\r\n\r\n[0/1]"
    assert _ids(folded) == [b"id@x", b"A PATCH v2  /2"]

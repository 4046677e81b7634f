"""Mails in every wrapping: mbox, MIME, encodings, archives, folders."""

from __future__ import annotations

import email.message
import email.policy
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake.diff import parse_diff
from linter.intake.mail import parse_subject, read_mails, read_path
from linter.intake.mime import unflow
from linter.intake.patch import Mail

FROM = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
PATCH = (
    'Words.\n\ndiff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n \ta = "=3D";\n'
    "+\tb = 'é'; /* a line that is so long that quoted-printable has to break it in two */\n"
    " \tc();\n"
)


def one(data: bytes) -> Mail:
    (mail,) = read_mails(data, "in")
    return mail


def mail_bytes(head: str, body: bytes) -> bytes:
    return f"From: Ada <ada@example.org>\nSubject: [PATCH] x\n{head}\n".encode() + body


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("[PATCH] a: b", ("a: b", False, True, 1, None, None, ())),
        ("[PATCH v13 10/48] arm64: x", ("arm64: x", False, True, 13, 10, 48, ())),
        ("[RFC PATCH v2 3/7] x", ("x", False, True, 2, 3, 7, ("RFC",))),
        ("[RFC v2 3/7] x", ("x", False, True, 2, 3, 7, ("RFC",))),
        ("[PATCH RESEND 1/2] x", ("x", False, True, 1, 1, 2, ("RESEND",))),
        ("[PATCH net-next v3] x", ("x", False, True, 3, None, None, ("net-next",))),
        ("[PATCHv4 02/10] x", ("x", False, True, 4, 2, 10, ())),
        ("[net,v2,1/3] x", ("x", False, True, 2, 1, 3, ("net",))),
        ("[PATCH 0/5] cover", ("cover", False, True, 1, 0, 5, ())),
        ("[PATCH v13 48/48] [WIP] x", ("x", False, True, 13, 48, 48, ("WIP",))),
        ("Re: [PATCH v2 1/2] x", ("x", True, True, 2, 1, 2, ())),
        ("AW: Re:  Fwd: [PATCH] x", ("x", True, True, 1, None, None, ())),
        ("RE: re: question [1]", ("question [1]", True, False, 1, None, None, ())),
        ("[GIT PULL] fixes", ("fixes", False, False, 1, None, None, ("GIT", "PULL"))),
        ("arm64: x [PATCH]", ("arm64: x [PATCH]", False, False, 1, None, None, ())),
        ("Recent: x", ("Recent: x", False, False, 1, None, None, ())),
        ("", ("", False, False, 1, None, None, ())),
        ("[", ("[", False, False, 1, None, None, ())),
    ],
)
def test_subject(text: str, want: tuple[object, ...]) -> None:
    subject = parse_subject(text)
    assert subject[0] == " ".join(text.split())
    assert tuple(subject[1:]) == want


def test_plain_mail() -> None:
    mail = one(
        b"From: Ada <ada@example.org>\nTo: list@example.org,\n other@example.org\n"
        b"Subject: [PATCH v2 1/3] a long\n\tsubject\nMessage-ID:\n <one@x>\n"
        b"In-Reply-To: <zero@x> (Ada's mail)\nReferences: <a@x> <b@x>\n\t<zero@x>\n"
        b"Date: Mon, 1 Jan 2024 00:00:00 +0000\nCc: c@example.org\n\nbody\n\nend\n"
    )
    assert (mail.source, mail.line, mail.body_line, mail.body_exact) == ("in", 1, 14, True)
    assert mail.subject == parse_subject("[PATCH v2 1/3] a long subject")
    assert (mail.message_id, mail.in_reply_to) == ("one@x", "zero@x")
    assert mail.references == ("a@x", "b@x", "zero@x")
    assert (mail.sender, mail.to) == (
        "Ada <ada@example.org>",
        "list@example.org, other@example.org",
    )
    assert (mail.cc, mail.date) == ("c@example.org", "Mon, 1 Jan 2024 00:00:00 +0000")
    assert (mail.body, mail.headers, mail.notes) == ("body\n\nend\n", True, [])


def test_mbox() -> None:
    data = (
        FROM
        + mail_bytes("Message-ID: <1@x>\n", b"one\nFrom here on it is text\n>From me\n>>From you\n")
        + b"\n"
        + b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
        + mail_bytes("Message-ID: <2@x>\n", b"two\n")
    )
    first, second = read_mails(data, "box")
    assert first.body == "one\nFrom here on it is text\nFrom me\n>From you\n\n"
    assert (first.line, first.body_line) == (1, 6)
    assert (second.body, second.line, second.body_line) == ("two\n", 11, 16)
    assert data.split(b"\n")[second.body_line - 1] == b"two"
    assert [mail.message_id for mail in (first, second)] == ["1@x", "2@x"]


def test_header_block_of_an_mbox_may_hold_junk() -> None:
    mail = one(FROM + b">From ada Mon Jan  1\n" + mail_bytes("", b"x\n"))
    assert (mail.subject.title, mail.body, mail.headers) == ("x", "x\n", True)


def test_from_line_in_a_mail_without_one_does_not_split_it() -> None:
    """As b4 pipes it: headers first. A patch attached as text may hold a `From ` line."""
    body = b"see:\n" + FROM + b"From: x\nSubject: y\n\nz\n"
    assert one(mail_bytes("", body)).body.encode() == body


def test_crlf() -> None:
    data = (FROM + mail_bytes("", PATCH.encode())).replace(b"\n", b"\r\n")
    assert one(data).body == PATCH


def test_bytes_that_are_not_utf8_survive() -> None:
    mail = one(mail_bytes("", b"caf\xe9 \xc3\xa9 \x00 end\n"))
    assert mail.body.encode("utf-8", "surrogateescape") == b"caf\xe9 \xc3\xa9 \x00 end\n"


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_transfer_encodings(encoding: str, charset: str, ending: str) -> None:
    """The `email` package writes what we read."""
    message = email.message.EmailMessage(policy=email.policy.default.clone(linesep=ending))
    message["From"] = "Ada <ada@example.org>"
    message["Subject"] = "[PATCH] für dich, a subject long enough to be folded and to be encoded"
    message.set_content(PATCH, charset=charset, cte=encoding)
    mail = one(message.as_bytes())
    assert mail.body == PATCH
    assert mail.subject.title == ("für dich, a subject long enough to be folded and to be encoded")
    assert mail.body_exact == (encoding == "8bit")
    assert mail.notes == []


def test_multipart() -> None:
    message = email.message.EmailMessage()
    message["From"] = "Ada <ada@example.org>"
    message["Subject"] = "[PATCH] x"
    message.set_content("Hello,\n")
    message.add_alternative("<p>Hello</p>\n", subtype="html")
    message.add_attachment(PATCH, subtype="x-patch", disposition="inline")
    message.add_attachment(b"\x00\x01", maintype="image", subtype="png")
    message.add_attachment(
        PATCH.replace("x.c", "y.c").encode(),
        maintype="application",
        subtype="octet-stream",
        filename="fix.patch",
    )
    mail = one(message.as_bytes())
    assert mail.body.startswith("Hello,\n") and "<p>" not in mail.body
    diffs = parse_diff(mail.body)
    assert [file.path for file in diffs.files] == ["x.c", "y.c"]
    assert not mail.body_exact
    assert ["HTML" in note.text for note in mail.notes] == [True]


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=klingon\n",
        "Content-Type: text/plain; charset=zip\n",
        "Content-Type: text/plain; charset=utf-32\n",
        "Content-Type: multipart/mixed\n",
        "Content-Transfer-Encoding: base64\n",
    ],
)
def test_what_cannot_be_decoded_is_noted(head: str) -> None:
    mail = one(mail_bytes(head, b"abc\n+de\n"))
    (note,) = mail.notes
    assert (note.source, note.line) == ("in", mail.body_line)
    if "base64" not in head:
        assert mail.body == "abc\n+de\n"


def test_half_a_character_of_utf_7_is_no_text() -> None:
    """Nobody could write it, and the parser of C wants bytes."""
    mail = one(mail_bytes("Content-Type: text/plain; charset=utf-7\n", b"a+2AA-b\n"))
    assert mail.body == "a+2AA-b\n" and len(mail.notes) == 1
    mail = one(mail_bytes("Content-Type: text/plain; charset=utf-7\n", b"a+2D3eAA-b\n"))
    assert mail.body == "a\U0001f600b\n" and not mail.notes


def test_encoded_words() -> None:
    def subject(text: str) -> str:
        return one(f"From: a\nSubject: {text}\n\n".encode()).subject.text

    assert subject("=?utf-8?q?a=C3=A9_b?= =?utf-8?q?_c?= d") == "aé b c d"
    assert subject("=?ISO-8859-1?B?6Q?=") == "é"
    assert subject("=?x?q =?utf-8?z?a?= ?=") == "=?x?q =?utf-8?z?a?= ?="
    assert subject("=?klingon?q?ab?=") == "ab"


@pytest.mark.parametrize(
    ("flowed", "want"),
    [
        ("one \ntwo\nthree\n", "one two\nthree\n"),
        (" From x\n  indented\n", "From x\n indented\n"),
        ("> a \n> b\n>> c \n> d\n", "> a b\n>> c \n> d\n"),
        ("-- \nme\n", "-- \nme\n"),
        # Lines of a diff stay apart whatever they end in.
        ("> +a \n> +b \n> -c \n>  d\n", "> +a \n> +b \n> -c \n>  d\n"),
        (">  \n> +a\n", ">  \n> +a\n"),
    ],
)
def test_unflow(flowed: str, want: str) -> None:
    assert unflow(flowed) == want


def test_delsp() -> None:
    head = "Content-Type: text/plain; format=flowed; delsp=yes\n"
    assert one(mail_bytes(head, b"long \nword\n")).body == "longword\n"


@pytest.mark.parametrize(
    ("text", "subject", "sender"),
    [
        ("Re: [PATCH v14 29/44] x: y\n\nFrom: Ada\n\nDate: Mon\n\n\nOn x:\n", (14, 29, 44), "Ada"),
        ("[PATCH v14 09/44] x: y\nAda\nada at example.org\nThu May 21\nhi\n", (14, 9, 44), ""),
        ("Re: [PATCH v3] x\nFrom: Ada\nDate: Thu May 28 2026\nhi\n", (3, None, None), "Ada"),
        ("Subject: [RFC 2/3] x\n\nhi: there\n", (1, 2, 3), ""),
        ("The RMM may not\ntrack it.\n", (1, None, None), ""),
        ("From here on: text\n", (1, None, None), ""),
    ],
)
def test_archive_text(text: str, subject: tuple[object, ...], sender: str) -> None:
    mail = one(text.encode())
    if not text.startswith("Subject"):
        assert not mail.headers and mail.body == text and mail.body_line == 1
        assert mail.sender == sender
    assert (mail.subject.version, mail.subject.index, mail.subject.total) == subject


@pytest.mark.parametrize("data", [b"", b"\n\n  \n"])
def test_nothing(data: bytes) -> None:
    assert read_mails(data, "in") == []


def test_paths(tmp_path: Path) -> None:
    def put(name: str, subject: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"From: a\nSubject: {subject}\n\nx\n".encode())

    put("set/0002-b.patch", "two")
    put("set/0001-a.patch", "one")
    put("set/deeper/c.eml", "three")
    put("set/deeper/d.mbox", "four")
    put("set/notes.md", "no")
    put("set/.git/config", "no")
    put("set/mail", "five")
    put("box/cur/1234.M1.host:2,S", "seen")
    put("box/new/1235.M2.host", "new")
    put("box/tmp/1236.M3.host", "no")

    def subjects(path: str) -> list[str]:
        return [mail.subject.text for mail in read_path(str(tmp_path / path))]

    assert subjects("set/0001-a.patch") == ["one"]
    assert subjects("set") == ["one", "two", "three", "four", "five"]
    assert subjects("box") == ["seen", "new"]
    assert read_path(str(tmp_path / "set/0001-a.patch"))[0].source.endswith("0001-a.patch")
    with pytest.raises(OSError, match="absent") as error:
        read_path(str(tmp_path / "absent"))
    assert error.value.filename == str(tmp_path / "absent")


def test_reading_a_patch_imports_little() -> None:
    """b4 starts the checker once a patch: what is imported is most of its time."""
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from linter.intake.diff import parse_diff\n"
        "from linter.intake.mail import read_mails\n"
        f"(mail,) = read_mails({mail_bytes('', PATCH.encode())!r}, 'in')\n"
        "assert parse_diff(mail.body).files[0].hunks\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    heavy = {"email", "dataclasses", "inspect", "subprocess", "pathlib", "tempfile", "logging"}
    imported = set(done.stdout.split())
    assert "linter" in imported
    assert not imported & heavy


HEADS = st.lists(
    st.sampled_from(
        [
            b"From x@y Mon Sep 17 00:00:00 2001",
            b"From: a",
            b"Subject: =?utf-8?q?=C3?= [PATCH 1/2",
            b'Content-Type: multipart/mixed; boundary="b"',
            b"Content-Type: text/plain; charset=utf-7; format=flowed; delsp=yes",
            b'Content-Type: text/plain; charset="\x00"',
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: quoted-printable",
            b" folded",
            b"",
            b"--b",
            b"--b--",
            b">From x",
            b"+a=",
            b"\xff\xfe=\r",
        ]
    )
    | st.binary(max_size=30),
    max_size=30,
)


@given(HEADS)
@settings(deadline=None, max_examples=300)
def test_never_raises(rows: list[bytes]) -> None:
    data = b"\n".join(rows)
    last = 1 + data.count(b"\n")
    for mail in read_mails(data, "in"):
        assert 1 <= mail.line <= mail.body_line <= last + 1
        parse_diff(mail.body)


HOSTILE = {
    "marks": FROM + b"From: x\n\n" + b">" * 2000000 + b"\n",
    "mails": (FROM + b"From: x\n\n") * 20000,
    "words": b"Subject: " + b"=?utf-8?q?a?= " * 100000 + b"\n\n",
    "prefixes": b"Subject: " + b"Re: " * 200000 + b"[v1 " * 100000 + b"\n\n",
    "folds": b"Subject: a\n" + b" b\n" * 200000 + b"\n",
    "references": b"From: a\nReferences: " + b"<" * 1000000 + b"\n\n",
    "parameters": b"From: a\nContent-Type: text/plain" + b"; " * 500000 + b"\n\nx",
    "parts": b"From: a\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 50000,
    "nested": b"From: a\n"
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (k, k) for k in range(9999)
    ),
    "flowed": b"From: a\nContent-Type: text/plain; format=flowed\n\n" + b"aaa \n" * 200000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_takes_linear_time(name: str) -> None:
    begin = process_time()
    mails = read_mails(HOSTILE[name], "in")
    # Quadratic work on these would take minutes.
    assert process_time() - begin < 5
    assert len(mails) == (20000 if name == "mails" else 1)

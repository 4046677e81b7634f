"""Headers and encoding of a reply, whatever the mail that it answers holds."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake.mail import parse_subject
from linter.intake.patch import Mail
from linter.report.letter import attribution, letter, prose, sentence


def mail(**values: object) -> Mail:
    made = Mail("x.mbox", 1, parse_subject("[PATCH] x"), "")
    made.message_id = "1@example.org"
    for name, value in values.items():
        setattr(made, name, value)
    return made


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def reply(**values: object) -> EmailMessage:
    return parsed(letter(mail(**values), ["text"]))


def test_an_answer_to_an_answer_has_one_re() -> None:
    for subject in ("[PATCH 1/2] a: b", "Re: [PATCH 1/2] a: b", "RE:  re: [PATCH 1/2] a: b"):
        told = reply(subject=parse_subject(subject))["Subject"]
        assert told.removeprefix("Re: ").lower().removeprefix("re: ") == "[patch 1/2] a: b"
        assert told.count("Re: ") == 1


def test_a_long_subject_is_folded_and_comes_back() -> None:
    title = "[PATCH v13 27/48] " + " ".join(["größer"] * 40)
    data = letter(mail(subject=parse_subject(title)), [])
    assert max(map(len, data.split(b"\n"))) <= 78
    assert parsed(data)["Subject"] == f"Re: {title}"


def test_long_message_ids_stay_whole() -> None:
    """`email.message` would fold them into encoded words, and the thread would break."""
    ids = [f"{n}." + "x" * 300 + "@example.org" for n in range(20)]
    message = reply(message_id="end@example.org", references=tuple(ids))
    assert message["References"].split() == [f"<{name}>" for name in (*ids, "end@example.org")]
    assert message["In-Reply-To"] == "<end@example.org>"


def test_a_thread_of_any_length_keeps_its_start_and_its_end() -> None:
    ids = tuple(f"{n}@example.org" for n in range(5000))
    names = reply(references=ids)["References"].split()
    assert names[0] == "<0@example.org>" and names[-2:] == ["<4999@example.org>", "<1@example.org>"]
    assert len(names) == 101


def test_without_references_the_mail_above_is_the_start() -> None:
    assert reply(in_reply_to="0@example.org")["References"].split() == [
        "<0@example.org>",
        "<1@example.org>",
    ]


def test_a_mail_without_an_id_is_answered_without_a_thread() -> None:
    message = reply(message_id="")
    assert message["In-Reply-To"] is None and message["References"] is None


def test_names_that_hold_commas_were_decoded_without_their_quotes() -> None:
    message = reply(sender="Doe, Jane <jane@example.org>", to="a@x.org, Roe, Jo <jo@x.org>")
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] == [
        ("Doe, Jane", "jane@example.org")
    ]
    assert [(a.display_name, a.addr_spec) for a in message["Cc"].addresses] == [
        ("", "a@x.org"),
        ("Roe, Jo", "jo@x.org"),
    ]


def test_a_sender_without_an_address_is_named_but_not_written_to() -> None:
    assert reply(sender="Steven Price")["To"] is None
    assert attribution(mail(date="Mon, 2 Mar")) == ""
    assert attribution(mail(sender="Steven Price")) == "Steven Price wrote:"
    assert attribution(mail(sender="a@x.org", date="Mon, 2 Mar")) == "On Mon, 2 Mar, a@x.org wrote:"


def test_a_line_that_mail_does_not_allow_is_encoded() -> None:
    long = "> +" + "é" * 2000
    data = letter(mail(), ["a", long])
    assert max(map(len, data.split(b"\n"))) < 100
    assert parsed(data).get_content() == f"a\n{long}\n"


def test_prose_is_wrapped_and_code_is_not() -> None:
    code = "`a b c d e f g h i j k l m n o p q r s t u v w x y z`"
    lines = prose(f"{'word ' * 6}{code} {'word ' * 20}")
    assert any(code in line for line in lines)
    assert max(map(len, lines)) <= 72


@given(st.text(alphabet="ab >`.\n", max_size=300))
def test_no_line_of_prose_looks_like_a_quote(text: str) -> None:
    lines = prose(text)
    assert not any(line.startswith(">") for line in lines)
    assert " ".join(lines).split() == text.split()


def test_sentences() -> None:
    assert sentence("the loop ends") == "The loop ends."
    assert sentence("if so, it ends.") == "If so, it ends."
    assert sentence("get_page() fails") == "get_page() fails."  # a name
    assert sentence("`x` is used") == "`x` is used."


def test_a_sender_in_parentheses_without_end_costs_nothing_but_the_address() -> None:
    message = reply(sender=f"{'(' * 3000} <a@x.org>", to="B <b@x.org>")
    assert message["To"] is None and message["Cc"] == "B <b@x.org>"


ANY = st.text(st.characters(exclude_categories=[]), max_size=120)


@settings(deadline=None)
@given(ANY, ANY, ANY, ANY, ANY, st.lists(ANY, max_size=4), st.lists(ANY, max_size=5))
def test_nothing_that_a_mail_says_adds_a_header_or_breaks_one(
    subject: str, sender: str, to: str, date: str, name: str, references: list[str], body: list[str]
) -> None:
    made = mail(
        subject=parse_subject(subject),
        sender=sender,
        to=to,
        cc=sender,
        date=date,
        message_id=name,
        references=tuple(references),
    )
    data = letter(made, [attribution(made), *body])
    data.decode("utf-8")
    message = parsed(data)
    allowed = {"Subject", "To", "Cc", "In-Reply-To", "References", "MIME-Version", "Content-Type"}
    assert set(message.keys()) <= allowed | {"Content-Transfer-Encoding"}
    assert message.defects == []
    assert max(map(len, data.split(b"\n\n")[0].split(b"\n"))) <= 998
    for header in ("To", "Cc"):
        if message[header] is not None:
            assert all(a.domain for a in message[header].addresses)

"""Replies to patches: they thread, quote what the mail says, and comment on the right line."""

from __future__ import annotations

import email
import email.charset
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from unidiff.patch import PatchSet

from linter import __version__
from linter.check import lint_mails
from linter.finding import INFO, Finding, Report
from linter.intake.diff import parse_diff
from linter.intake.mail import read_mails
from linter.report.mail import Reply, file_name, render, suggestion
from rules import registry

Make = Callable[..., Any]
Lint = Callable[[Path], Report]

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "samples" / "lend-v2.mbox"
GOLDEN = Path(__file__).parent / "golden" / "mail"
BELOW = 3  # more lines than these below its first one and a comment stands at the first


def parsed(reply: Reply) -> EmailMessage:
    message = email.message_from_bytes(reply.data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    for _, value in message.items():
        assert value.defects == ()
    return message


def originals(path: Path) -> dict[str, EmailMessage]:
    """The mails of an mbox as Python's own package reads them, by Message-ID."""
    found = {}
    for raw in re.split(rb"^From \S+ .*\n(?=\S+:)", path.read_bytes(), flags=re.M)[1:]:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found[message["Message-ID"]] = message
    return found


def blocks(body: str) -> list[tuple[str, str]]:
    """What is said, each with the quoted line right above it (`+	code`, say)."""
    found: list[tuple[str, str]] = []
    above = ""
    said: list[str] = []
    for line in [*body.split("\n-- \n")[0].split("\n"), ">"]:
        if line.startswith(">"):
            text = "\n".join(said).strip()
            if text and above:
                found.append((above, text))
            above, said = line[2:], []
        else:
            said.append(line)
    return found


def places(patch: str, findings: list[Finding]) -> list[str]:
    """The lines of a patch that comments are due below, in its order, by unidiff's numbers."""
    wanted: set[tuple[int, int]] = set()
    rows: list[tuple[str, int | None, str]] = []
    for file in PatchSet(patch):
        for hunk in file:
            for line in hunk:
                rows.append((file.path, line.target_line_no, str(line).rstrip("\n")))
    numbers = {(path, number): at for at, (path, number, _) in enumerate(rows) if number}
    for f in findings:
        at = first = numbers[f.path, f.line]
        more = f.end[0] - f.line
        if more <= BELOW:
            while at - first < more and (f.path, rows[at + 1][1]) == (
                f.path,
                f.line + at + 1 - first,
            ):
                at += 1
        wanted.add((at, 0))
    return [rows[at][2] for at, _ in sorted(wanted)]


def diff_of(text: str) -> str:
    """The diff of a mail, as git wrote it."""
    return text[text.index("diff --git") :].split("\n-- \n")[0] + "\n"


def check(path: Path, report: Report) -> int:
    """Holds the replies to a series against the series; returns how many comments there are."""
    mails = originals(path)
    shown = [f for f in report.findings if f.severity != INFO]
    total = 0
    replies = [parsed(reply) for reply in render(report)]
    for message in replies:
        original = mails[message["In-Reply-To"]]
        assert message["Subject"] == f"Re: {original['Subject']}"
        assert message["References"].split()[-1] == original["Message-ID"]
        assert (
            message["References"].split()[:-1]
            == (original["References"] or original["In-Reply-To"]).split()
        )
        to = message["To"].addresses
        assert [a.addr_spec for a in to] == [a.addr_spec for a in original["From"].addresses]
        assert not {"From", "Date", "Message-ID"} & set(message.keys())
        text = original.get_content().replace("\r\n", "\n")
        lines = {line.rstrip() for line in text.split("\n")}
        body = message.get_content()
        for line in body.split("\n"):
            if line.startswith(">"):
                assert line[2:] in lines | {"[...]"}, line
            elif not line.startswith(("On ", "See ")):
                assert len(line) <= 72 or re.search(r"\S{50}|`[^`]{40,}`", line), line
        own = [f for f in shown if f.patch and f"<{f.patch.message_id}>" == original["Message-ID"]]
        said = blocks(body)
        # nothing here is on a line that a mail does not show
        assert [above for above, _ in said] == places(diff_of(text), own)
        for f in own:
            start = " ".join(f.message.split())[1:30]
            assert any(start in " ".join(text.split()) for _, text in said), f.message
        total += len(said)
    answered = {message["In-Reply-To"] for message in replies}
    assert answered == {f"<{f.patch.message_id}>" for f in shown if f.patch}
    return total


def test_the_sample_is_answered_as_a_reviewer_would(linted: Lint) -> None:
    """The files were read line by line; a wording that changes is to be read again."""
    replies = render(linted(SAMPLE))
    assert sorted(path.name for path in GOLDEN.iterdir()) == [reply.name for reply in replies]
    for reply in replies:
        text = reply.data.decode().replace(f"rmilint {__version__} ", "rmilint VERSION ")
        assert text == (GOLDEN / reply.name).read_text(encoding="utf-8")


def test_replies_to_the_sample_thread_and_land(linted: Lint) -> None:
    assert check(SAMPLE, linted(SAMPLE)) == 7  # one a finding; no two are on one line


@pytest.mark.parametrize("name", ["cca-kvm-v13.mbox", "cca-kvm-v12.mbox"])
def test_replies_to_a_real_series_thread_and_land(shared: Path, linted: Lint, name: str) -> None:
    path = shared / "corpus" / name
    assert check(path, linted(path)) > 40


@pytest.mark.parametrize("name", ["sample", "cca-kvm-v13.mbox"])
def test_b4_reads_the_comments_at_their_lines(
    shared: Path, linted: Lint, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """b4's own reader of replies: it counts lines, and puts right what cuts shift."""
    path = SAMPLE if name == "sample" else shared / "corpus" / name
    report = linted(path)
    mails = originals(path)
    shown = [f for f in report.findings if f.severity != INFO]
    replies = [parsed(reply) for reply in render(report)]
    # b4 changes what Python does with UTF-8 in headers, for the whole process
    monkeypatch.setattr(email.charset, "CHARSETS", dict(email.charset.CHARSETS))
    review = pytest.importorskip("b4.review._review")
    wrong = []
    for message in replies:
        original = mails[message["In-Reply-To"]]
        diff = diff_of(original.get_content())
        found = review._extract_comments_from_quoted_reply(message.get_content())
        review._resolve_comment_positions(diff, found)
        own = [f for f in shown if f.patch and f"<{f.patch.message_id}>" == original["Message-ID"]]
        due = {(f.path, line) for f in own for line in range(f.line, f.end[0] + 1)}
        for comment in found:
            if (comment["path"].removeprefix("b/"), comment["line"]) not in due:
                wrong.append(diff.count(f"\n{comment['content']}\n"))
    # Of equal lines of a patch it takes the one nearest to where it has counted.
    assert len(wrong) <= 1 and all(number > 1 for number in wrong)


def test_what_is_quoted_can_be_linted_again(linted: Lint) -> None:
    """The quotes are a diff that can be read, cut as it is, and add nothing of their own."""
    for reply in render(linted(SAMPLE)):
        diffs = parse_diff(parsed(reply).get_content())
        added = [line.text for file in diffs.files for hunk in file.hunks for line in hunk.added]
        assert added
        text = SAMPLE.read_text(encoding="utf-8")
        assert all(f"\n+{line}\n" in text for line in added)


# -- small series ------------------------------------------------------------------

HEAD = """\
From: =?utf-8?q?J=C3=B6rg_Autor?= <joerg@example.org>
To: list@example.org, "Doe, Jane" <jane@example.org>
Cc: JOERG@example.org, kvm@example.org, Jane <jane@example.org>
Date: Mon, 2 Mar 2026 10:00:00 +0000
Subject: [PATCH 1/2] firmware: start a realm
Message-ID: <1@example.org>
References: <0@example.org> <cover@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: ENCODING

"""
BODY = """\
Starts one – or two.

---
diff --git a/a.c b/a.c
new file mode 100644
index 0000000..0000001
--- /dev/null
+++ b/a.c
@@ -0,0 +1,LINES @@
"""
CODE = """\
#include <asm/rmi_cmds.h>

/* Grüße */
int rmi_realm_go(unsigned long rd)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE, rd, &res);

	return WARN_ON(res.a0);
}

int rmi_realm_end(unsigned long rd)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(SMC_RMI_REALM_DESTROY, rd, &res);

	return WARN_ON(res.a0);
}
"""


def series(code: str = CODE, encoding: str = "8bit", head: str = HEAD) -> bytes:
    lines = code.splitlines()
    body = BODY.replace("LINES", str(len(lines))) + "".join(f"+{line}\n" for line in lines)
    raw = (body + "-- \n2.40\n").encode()
    if encoding == "base64":
        import base64

        raw = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        import quopri

        raw = quopri.encodestring(raw)
    return head.replace("ENCODING", encoding).encode() + raw


RULES = registry.select(registry.load([]), ["warn-as-status"], [])


def replies(data: bytes, verbose: bool = False) -> list[Reply]:
    return render(lint_mails(read_mails(data, "x.mbox"), RULES), verbose)


def only(data: bytes) -> EmailMessage:
    (reply,) = replies(data)
    return parsed(reply)


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_a_quote_is_decoded_and_goes_out_as_utf8(encoding: str) -> None:
    body = only(series(CODE.replace("\n\nint rmi_realm_end", "\nint rmi_realm_end"), encoding))
    text = body.get_content()
    assert body.get_content_charset() == "utf-8"
    assert "On Mon, 2 Mar 2026 10:00:00 +0000, Jörg Autor wrote:\n" in text
    assert "> +/* Grüße */\n> +int rmi_realm_go(unsigned long rd)\n" in text


def test_who_gets_the_reply() -> None:
    message = only(series())
    assert message["To"] == "Jörg Autor <joerg@example.org>"
    # the author once, and Jane, whom the original names twice, by the first of her names
    assert message["Cc"] == 'list@example.org, "Doe, Jane" <jane@example.org>, kvm@example.org'
    assert message["References"].split() == [
        "<0@example.org>",
        "<cover@example.org>",
        "<1@example.org>",
    ]


def test_an_equal_comment_is_not_said_twice() -> None:
    one, two = blocks(only(series()).get_content())
    assert one[0] == two[0] == "+\treturn WARN_ON(res.a0);"
    assert "0 or 1, never the status" in one[1]
    assert two[1] == "Same here."


def test_what_comes_of_it_is_said_once_where_only_names_differ() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    first, second = report.findings
    first.message = "`a` is never set: the RMM reads 0"
    second.message = "`b` is never set: the RMM reads 0"
    one, two = (said for _, said in blocks(parsed(render(report)[0]).get_content()))
    assert one.startswith("`a` is never set: the RMM reads 0.\n")
    assert two == "Same here: `b` is never set."
    second.message = "`b` is never set: the RMM reads 1"  # what comes of it is another thing
    _, two = (said for _, said in blocks(parsed(render(report)[0]).get_content()))
    assert two == "`b` is never set: the RMM reads 1."


def test_a_comment_on_a_macro_stands_below_its_line() -> None:
    head, rest = CODE.split("\n\n", 1)
    code = f"{head}\n\n#define GO_SIZE\tSZ_2M\n\n{rest}"
    rules = registry.select(registry.load([]), ["unused-macro"], [])
    report = lint_mails(read_mails(series(code), "x.mbox"), rules)
    ((above, said),) = blocks(parsed(render(report)[0]).get_content())
    assert above == "+#define GO_SIZE\tSZ_2M"
    assert "`GO_SIZE`" in said


def test_reasons_are_given_once_a_mail() -> None:
    text = only(series(CODE.replace("(res.a0);\n}\n\n", "(res.a0 != 0);\n}\n\n"))).get_content()
    one, two = (" ".join(said.split()) for _, said in blocks(text))
    assert RULES[0].why in one
    assert RULES[0].why not in two and two != "Same here."


def test_two_findings_on_a_line_share_a_quote(finding: Make) -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    first = report.findings[0]
    second = finding(
        path=first.path,
        line=first.line,
        end=first.end,
        line_text=first.line_text,
        patch=first.patch,
        message="and this",
        why="",
        fix="",
    )
    report.findings = [first, second]
    (reply,) = render(report)
    ((above, said),) = blocks(parsed(reply).get_content())
    assert above == "+\treturn WARN_ON(res.a0);"
    assert said.endswith("\n\nAnd this.")


def test_what_the_patch_does_not_show_is_said_at_the_end(finding: Make) -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    stray = finding(path="b.c", line=77, patch=report.findings[0].patch, message="is not here")
    report.findings.append(stray)
    (reply,) = render(report)
    text = parsed(reply).get_content()
    assert text.index("Same here.") < text.index("b.c:77:\nIs not here.")


def test_info_findings_are_for_v_only() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    for found in report.findings:
        found.severity = INFO
    assert render(report) == []
    assert len(render(report, verbose=True)) == 1


def test_a_finding_that_a_later_patch_takes_away_says_so() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    patch = report.findings[0].patch
    assert patch is not None
    report.findings[0].removed_in = patch._replace(index=2, total=2)
    report.findings[1].removed_in = patch._replace(index=2, total=2)
    (reply,) = render(report)
    one, two = (" ".join(said.split()) for _, said in blocks(parsed(reply).get_content()))
    assert "RMI_ERROR_INPUT. Gone in patch 2/2." in one
    assert two == "Same here. Gone in patch 2/2."


def test_evidence_is_a_link_where_it_is_an_address() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    report.findings = report.findings[:1]
    report.findings[0].evidence = (
        "somebody said so",
        "20260330205800.1@example.org",
        "https://x.org/y.",
    )
    (reply,) = render(report)
    ((_, said),) = blocks(parsed(reply).get_content())
    assert said.split("\n")[-2:] == [
        "See https://lore.kernel.org/r/20260330205800.1@example.org",
        "See https://x.org/y",
    ]


def proof(kind: str, text: list[str]) -> str:
    """What the comment on a finding with this witness ends with."""
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    report.findings = report.findings[:1]
    report.findings[0].witness = {"kind": kind, "text": text, "severity": "error", "trace": "/x"}
    ((_, said),) = blocks(parsed(render(report)[0]).get_content())
    return said.split("own.\n\n")[-1] if "own.\n\n" in said else ""


def test_a_witness_has_four_lines() -> None:
    calls = [f"  CALL({n}) = 0" for n in range(9)]
    text = ["go(1) on a machine:", *calls, "go(1) returns 1", "assumed: x", "control: returns 0"]
    assert proof("witness", text) == (
        "Run against a model of the RMM:\n"
        "  go(1) on a machine:\n    CALL(8) = 0\n  go(1) returns 1\n  control: returns 0"
    )
    assert proof("witness", ["a", "b", "c", "d", "e"]).endswith("\n  a\n  b\n  c\n  d")


def test_a_long_line_of_a_witness_is_wrapped_and_a_call_is_not() -> None:
    call, long = f"  CALL({'0, ' * 30}0) = 0", "says " * 20 + "it"
    said = proof("witness", ["go(1):", call, long]).split("\n")
    assert said[2] == f"  {call}"
    assert said[3].startswith("  says ") and said[4].startswith("      says ")
    assert max(map(len, said[3:])) <= 72


def test_what_is_said_again_is_not_proved_again() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    for found in report.findings:
        found.witness = {"kind": "witness", "text": ["go(1)"], "severity": "error", "trace": "/x"}
    one, two = (said for _, said in blocks(parsed(render(report)[0]).get_content()))
    assert one.endswith("Run against a model of the RMM:\n  go(1)")
    assert two == "Same here."
    report.findings[0].witness = None
    one, two = (said for _, said in blocks(parsed(render(report)[0]).get_content()))
    assert "Run against" not in one
    assert two.endswith("Run against a model of the RMM:\n  go(1)")


def test_runs_that_show_nothing_are_not_told() -> None:
    assert proof("none", ["no scenario comes to the line"]) == ""
    assert proof("refutation", ["returns 0"]).startswith("Run against a model of the RMM it did no")


def test_a_line_that_is_named_by_number_stands_behind_it() -> None:
    report = lint_mails(read_mails(series(), "x.mbox"), RULES)
    report.findings = report.findings[:1]
    for message, said in {
        "see line 4": "See line 4 (`int rmi_realm_go(unsigned long rd)`).",
        "seen (line 4)": "Seen (line 4, `int rmi_realm_go(unsigned long rd)`).",
        "see line 4 once all patches are applied": "See line 4 once all patches are applied.",
        "see line 5": "See line 5.",  # a brace says nothing
        "see line 999999": "See line 999999.",
    }.items():
        report.findings[0].message = message
        ((_, text),) = blocks(parsed(render(report)[0]).get_content())
        assert " ".join(text.split("\n\n")[0].split()) == said


def test_a_function_begins_its_quote_and_what_is_far_is_cut() -> None:
    many = "".join(f"\tcall_{n}(rd);\n" for n in range(20))
    code = CODE.replace(
        "\tarm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE",
        many + "\tarm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE",
    )
    quote = only(series(code)).get_content().split("\n\n")[0].split("\n")[1:]
    assert quote == [
        "> diff --git a/a.c b/a.c",
        f"> @@ -0,0 +1,{len(code.splitlines())} @@",
        "> [...]",
        "> +int rmi_realm_go(unsigned long rd)",
        "> [...]",
        *(f"> +\tcall_{n}(rd);" for n in (16, 17, 18, 19)),
        *(f"> +{line}" for line in code.splitlines()[27:30]),
    ]


def test_names_of_files() -> None:
    (reply,) = replies(series())
    assert reply.name == "0001-re-firmware-start-a-realm.eml"
    mail = read_mails(
        series(head=HEAD.replace("firmware: start a realm", "../../é" + "x" * 300)), ""
    )
    assert file_name(mail[0], 27) == "0027-re-" + "x" * 51
    mail = read_mails(series(head=HEAD.replace("firmware: start a realm", "../../é")), "")
    assert file_name(mail[0], 1) == "0001-re"


def test_two_versions_in_one_input_have_files_of_their_own() -> None:
    one = b"From a Mon Mar  2 10:00:00 2026\n" + series()
    two = one.replace(b"[PATCH 1/2]", b"[PATCH v2 1/2]").replace(b"<1@", b"<9@")
    again = one.replace(b"<1@", b"<8@").replace(b"<cover@", b"<other@").replace(b"<0@", b"<7@")
    assert [reply.name for reply in replies(one + b"\n" + two + b"\n" + again)] == [
        "v1-0001-re-firmware-start-a-realm.eml",
        "v2-0001-re-firmware-start-a-realm.eml",
        "v1-0001-re-firmware-start-a-realm-2.eml",
    ]


def test_a_quoted_patch_is_answered_one_level_deeper() -> None:
    lines = [f"> {line}".rstrip() for line in series().decode().split("\n\n", 1)[1].split("\n")]
    head = HEAD.replace("Subject: ", "Subject: Re: ").replace("ENCODING", "8bit")
    message = only((head + "\n".join(lines)).encode())
    assert message["Subject"] == "Re: [PATCH 1/2] firmware: start a realm"
    assert "\n> > +\treturn WARN_ON(res.a0);\n\n`WARN_ON" in message.get_content()


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("Leave the loop.", "Leave the loop."),
        ("Leave: `return`", "Leave: `return`"),
        ("GFP_KERNEL_ACCOUNT.", "Suggested: GFP_KERNEL_ACCOUNT."),
        ("return -ENXIO;", "Suggested: return -ENXIO;"),
        ("", ""),
    ],
)
def test_a_fix_that_is_code_is_said_to_be_one(fix: str, said: str) -> None:
    assert suggestion(fix) == said

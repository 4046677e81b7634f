"""The HTML report: findings beside their lines, everything escaped, readable without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter import cli
from linter.check import lint_mails
from linter.finding import PatchRef, Related, Report
from linter.intake.mail import read_mails
from linter.report import beside, place
from linter.report.html import author, cut, message, render, spans
from linter.report.links import evidence
from rules import registry

Make = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "lend-v2.mbox"

RULES = registry.select(registry.load([]), ["warn-as-status"], [])


# -- a page as a tree ------------------------------------------------------------

VOID = {"meta", "wbr", "input"}  # of those that the page uses


class Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, tag: str = "", name: str = "") -> list[Element]:
        """What lies below: every `tag` of class `name`, in the order of the page."""
        return [e for e in self.walk() if tag in ("", e.tag) and (not name or name in e.classes)]

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()


class Tree(HTMLParser):
    """Builds elements, and refuses what is not closed as it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(page: bytes) -> Element:
    parser = Tree()
    parser.feed(page.decode("utf-8"))
    parser.close()
    assert parser.open == [parser.root]
    ids = [e.attributes["id"] for e in parser.root.walk() if "id" in e.attributes]
    assert len(set(ids)) == len(ids)
    return parser.root


def rows(element: Element) -> Iterator[tuple[tuple[str, str, str, str], list[Element]]]:
    """Each row shown (kind, old, new, code) with the cards that stand below it."""
    found: list[tuple[tuple[str, str, str, str], list[Element]]] = []
    for e in element.walk():
        if "row" in e.classes:
            old, new = (number.text for number in e.all("i"))
            found.append(((e.classes[1], old, new, e.all("code")[0].text), []))
        elif "card" in e.classes:
            found[-1][1].append(e)
    yield from found


def beside_rows(page: Element) -> list[tuple[str, str, str, str]]:
    return [row for row, cards in rows(page) for _ in cards]


# -- a made-up series --------------------------------------------------------------

CREATE = """\
diff --git a/drivers/lend.c b/drivers/lend.c
new file mode 100644
--- /dev/null
+++ b/drivers/lend.c
@@ -0,0 +1,14 @@
+#include <asm/rmi_cmds.h>
+
+int lend_first(phys_addr_t rd)
+{
+	struct arm_smccc_res res;
+
+	arm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE, rd, &res);
+	return WARN_ON(res.a0);
+}
+
+int lend_last(void)
+{
+	return 0;
+}
"""

# The function of patch 1 moves down by two lines; two more of its kind follow.
APPEND = """\
diff --git a/drivers/lend.c b/drivers/lend.c
--- a/drivers/lend.c
+++ b/drivers/lend.c
@@ -1,8 +1,10 @@
 #include <asm/rmi_cmds.h>
+#include <asm/rmi_smc.h>
+#include <linux/mm.h>
\x20
 int lend_first(phys_addr_t rd)
 {
\x20	struct arm_smccc_res res;
\x20
\x20	arm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE, rd, &res);
\x20	return WARN_ON(res.a0);
@@ -11,4 +13,17 @@ int lend_first(phys_addr_t rd)
 int lend_last(void)
 {
-	return 0;
+	struct arm_smccc_res res;
+
+	arm_smccc_1_1_invoke(SMC_RMI_REALM_ACTIVATE, 0, &res);
+	return WARN_ON(res.a0);
+}
+/* one more */
+int lend_more(phys_addr_t rd)
+{
+	struct arm_smccc_res res;
+
+	arm_smccc_1_1_invoke(SMC_RMI_REALM_DESTROY, rd, &res);
+	if (!rd)
+		return 0;
+	return WARN_ON(res.a0);
 }
"""
# Its second hunk alone; the mail is wrong about the place by as much as the two lines are apart.
FILE, HUNK = APPEND[: APPEND.index("@@ -1,8")], APPEND[APPEND.index("@@ -11,4") :]
DISPLACED = FILE + HUNK.replace("-11,4 +13,17", "-1,4 +1,17")


def mail(index: int, total: int, diff: str, **more: str) -> str:
    values = {
        "subject": f"[PATCH {index}/{total}] lend: part {index}",
        "sender": "Ada Author <ada@example.org>",
        "body": "Say why.",
        "id": f"part.{index}@example.org",
        **more,
    }
    return (
        "From git@z Thu Jan  1 00:00:00 1970\n"
        f"From: {values['sender']}\nSubject: {values['subject']}\n"
        f"Message-ID: <{values['id']}>\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n\n"
        f"{values['body']}\n\n---\n{diff}-- \n2.39\n\n"
    )


def lint(text: str) -> Report:
    return lint_mails(read_mails(text.encode("utf-8", "surrogateescape"), "x.mbox"), RULES)


def page_of(*mails: str) -> Element:
    return tree(render(lint("".join(mails))))


LINE = "\treturn WARN_ON(res.a0);"


def test_findings_stand_below_their_lines_though_numbers_shift() -> None:
    page = page_of(mail(1, 2, CREATE), mail(2, 2, APPEND))
    first, second = page.all("section", "patch")
    assert beside_rows(first) == [("added", "", "8", LINE)]
    # 13 int lend_last, 14 {, 15-17 the start of its body, 18 the line; ten below the next
    assert beside_rows(second) == [("added", "", "18", LINE), ("added", "", "28", LINE)]
    marks = [mark.text for mark in page.all("mark")]
    assert marks == [LINE.strip()] * 3


def test_a_displaced_hunk_has_its_findings_at_the_right_one_of_equal_lines() -> None:
    """By the mail's numbers the second of them would be taken for the first."""
    report = lint(mail(1, 2, CREATE) + mail(2, 2, DISPLACED))
    assert any("hunk found 10 lines below its place" in note.text for note in report.notes)
    page = tree(render(report))
    second = page.all("section", "patch")[1]
    # the file had 14 lines: 11 int lend_last, 12 {, 13-15 the start of its body, 16 the line
    assert beside_rows(second) == [("added", "", "16", LINE), ("added", "", "26", LINE)]
    assert "@@ -1,4 +1,17 @@" in second.text
    assert "(found 10 lines below)" in second.text


def test_a_fragment_has_its_findings_too() -> None:
    """Nothing is known of the file but the hunk of patch 2."""
    diff = APPEND
    page = page_of(mail(1, 1, diff))
    assert ("added", "", "28", LINE) in beside_rows(page)


def test_a_finding_on_a_line_that_the_patch_does_not_show(finding: Make) -> None:
    report = lint(mail(1, 2, CREATE) + mail(2, 2, APPEND))
    patch = report.findings[-1].patch
    line = "\tgoto out;"
    f = finding(path="drivers/lend.c", line=90, column=2, end=(90, 11), line_text=line, patch=patch)
    report.findings = [f]
    page = tree(render(report))
    assert beside_rows(page) == [("context", "", "90", line)]
    assert "On lines that the patch does not show" in page.text
    f.path = "kernel/other.c"  # the patch does not touch it
    page = tree(render(report))
    assert beside_rows(page) == [("context", "", "90", line)]
    assert [p.text.strip() for p in page.all("p", "path")][-1] == "kernel/other.c"


def test_a_finding_of_several_lines_is_marked_whole_and_told_below_them() -> None:
    report = lint(mail(1, 1, CREATE))
    (f,) = report.findings
    f.line, f.line_text = 7, CREATE.splitlines()[11][1:]
    f.column, f.end = 2, (8, 8)
    page = tree(render(report))
    assert beside_rows(page) == [("added", "", "8", LINE)]
    assert [mark.text for mark in page.all("mark")] == [f.line_text.strip(), "return"]
    f.end = (14, 2)  # too long: it stands below the first line
    assert [row[2] for row in beside_rows(tree(render(report)))] == ["7"]


def test_two_diffs_of_one_mail_are_told_apart_by_the_line() -> None:
    """A reply quotes the patch and proposes another: both have the same reference."""
    quoted = "".join(f"> {line}\n" for line in CREATE.splitlines())
    proposed = CREATE.replace("drivers/lend.c", "drivers/other.c")
    text = mail(1, 1, proposed, subject="Re: [PATCH 1/1] lend: part 1", body=quoted)
    report = lint(text)
    assert {f.path for f in report.findings} == {"drivers/lend.c", "drivers/other.c"}
    page = tree(render(report))
    for section in page.all("section", "patch"):
        (path,) = {p.all("code")[0].text for p in section.all("p", "path")}
        (card,) = section.all("article")
        number = card.attributes["id"].removeprefix("finding-")
        assert report.findings[int(number) - 1].path == path
    report.findings[0].removed_in = report.findings[0].patch  # which of the two is not known
    gone = next(a for a in tree(render(report)).all("a") if a.text.startswith("patch "))
    assert gone.attributes["href"] == "#series-0-patch-0"


# -- the page ------------------------------------------------------------------------


def test_patches_without_findings_are_one_line() -> None:
    quiet = CREATE.replace("return WARN_ON(res.a0)", "return 0").replace("lend.c", "quiet.c")
    page = page_of(mail(1, 2, quiet), mail(2, 2, CREATE))
    (line,) = page.all("p", "quiet")
    told = "[PATCH 1/2] lend: part 1 Ada Author <ada@example.org> · 1 file, +14 −0 · mail"
    assert " ".join(line.text.split()) == told
    assert "quiet.c" not in page.text
    assert len(page.all("section", "patch")) == 1


def test_who_wrote_it_and_where_the_list_has_it() -> None:
    body = "From: Bob Beaver <bob@example.org>\n\nWhy & how."
    page = page_of(mail(1, 1, CREATE, body=body, id="a/b+c.1@example.org"))
    (patch,) = page.all("section", "patch")
    about = patch.all("p", "muted")[0]
    assert about.text.split("·")[0].strip() == "Bob Beaver <bob@example.org>"
    (link,) = about.all("a")
    assert link.attributes["href"] == "https://lore.kernel.org/r/a%2Fb%2Bc.1@example.org"
    assert patch.all("pre", "panel")[0].text == "Why & how."


def test_the_table_leads_to_every_finding() -> None:
    report = lint(mail(1, 2, CREATE) + mail(2, 2, APPEND))
    page = tree(render(report))
    ids = {e.attributes["id"]: e for e in page.walk() if "id" in e.attributes}
    table = page.all("tr")[1:]
    assert len(table) == 3
    for row, f in zip(table, report.findings, strict=True):
        patch, card = (ids[a.attributes["href"][1:]] for a in row.all("a"))
        assert card.tag == "article"
        assert f.rule in card.text
        assert card in patch.all("article")
        assert row.all("td", "where")[0].text == f"{f.path}:{f.line}"


def test_every_link_within_the_page_has_its_end(full: Report) -> None:
    for report in (full, lint(mail(1, 2, CREATE) + mail(2, 2, APPEND))):
        page = tree(render(report))
        ids = {e.attributes["id"] for e in page.walk() if "id" in e.attributes}
        links = [a.attributes["href"] for a in page.all("a")]
        assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_related_lines_are_links_to_their_rows(finding: Make) -> None:
    report = lint(mail(1, 1, CREATE))
    (f,) = report.findings
    path = "drivers/lend.c"
    f.related = (
        Related(path, 3, "declared here"),
        Related("a.h", 5, "known from here"),
    )
    page = tree(render(report))
    (card,) = page.all("article")
    here, there = card.all("li")[:2]
    row = next(
        e for e in page.walk() if e.attributes.get("id") == here.all("a")[0].attributes["href"][1:]
    )
    assert row.all("code")[0].text == "int lend_first(phys_addr_t rd)"
    assert here.text == "line 3: declared here"
    assert (there.text, there.all("a")) == ("a.h:5: known from here", [])


def test_everything_a_report_knows_is_there(full: Report) -> None:
    """It has no series, as with --all: the findings stand by themselves, by file."""
    page = tree(render(full))
    text = " ".join(page.text.split())
    for f in full.findings:
        assert " ".join(f.why.split()) in text
        assert f.fix in text
    assert "lend.mbox:120: 2 blank context lines were put back" in text
    assert "[PATCH v2 1/3] firmware: probe: names RMI, but nothing of it could be checked" in text
    assert "1 error, 1 warning, 1 info in 3 patches, 2 files; 4 lines not checked" in text
    assert "Gone in patch 3/3" in text
    assert [r[2] for r in beside_rows(page)] == ["18", "40", "9"]
    (link,) = [a for a in page.all("a") if "lore" in a.attributes["href"]]
    assert link.attributes["href"] == "https://lore.kernel.org/r/20260330205800.1@example.org"


def test_a_report_without_findings() -> None:
    page = page_of(mail(1, 1, CREATE.replace("WARN_ON(res.a0)", "0")))
    assert not page.all("table")
    assert not page.all("article")
    assert "nothing found in 1 patch, 1 file" in page.text
    assert not tree(render(Report())).all("section")


WITNESS = {
    "text": ["f(0x1000) on sbsa: <BUSY>", "  RMI_X(0x1000) = BUSY  3 times"],
    "severity": "error",
    "trace": "dir/f.jsonl",
    "values": {"ret": "10", "next": "0x1000"},
    "assumptions": ["kvm->x is 0"],
}


def test_a_witness_is_unfolded(finding: Make, report: Make) -> None:
    proved = finding(severity="error", witness={"kind": "witness", **WITNESS})
    refuted = finding(line=9, severity="info", witness={"kind": "refutation", **WITNESS})
    silent = finding(
        line=11,
        witness={**WITNESS, "kind": "none", "text": ["no way there"], "severity": "warning"},
    )
    page = tree(render(report([proved, refuted, silent])))
    first, second, third = page.all("article")
    (details,) = first.all("details")
    assert "open" in details.attributes
    assert details.all("pre")[0].text.splitlines() == [
        "witness: f(0x1000) on sbsa: <BUSY>",
        "  RMI_X(0x1000) = BUSY  3 times",
        "trace: dir/f.jsonl",
    ]
    assert "ret = 10; next = 0x1000" in details.text
    assert "kvm->x is 0" in details.text
    assert "refuted: f(0x1000)" in second.text
    assert "info for that, error by the rule" in second.text
    assert not third.all("pre")
    assert "no witness: no way there" in third.text


def test_the_same_report_gives_the_same_page() -> None:
    data = SAMPLE.read_bytes()
    rules = registry.load([])
    pages = {render(lint_mails(read_mails(data, "x"), rules)) for _ in range(2)}
    assert len(pages) == 1


# -- hostile text ----------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "' onclick='alert(1)' \" onclick=\"alert(1)\"",
    "&lt;b&gt; &amp; ]]> <!-- -->",
    "{{ 7 * 7 }} {% raw %}",
    "javascript:alert(1)",
]


def everywhere(text: str) -> Report:
    """A report with a text wherever a patch can bring one."""
    line = f"\t/* {text} */ return WARN_ON(res.a0);"
    flat = " ".join(text.split())
    report = lint(
        mail(
            1,
            1,
            CREATE.replace("+" + LINE, "+" + line).replace(
                "+}\n+\n+int", f"+}}\n+/* {text} */\n+int"
            ),
            subject=f"[PATCH] {flat}",
            sender=f"{flat} <x@y>",
            body=f"{text}",
            id=f"{''.join(text.split())}@x",
        )
    )
    (f,) = report.findings
    f.message = f.why = f.fix = text
    f.evidence = (text, f"https://example.org/{text}")
    f.related = (Related(text, 1, text), Related(f.path, 3, text))
    f.witness = {**WITNESS, "kind": "witness", "text": [text], "values": {text: text}}
    return report


def skeleton(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """All elements with the names of their attributes, but those of a link."""
    return [(e.tag, tuple(e.attributes)) for e in page.walk() if e.tag not in ("a", "code", "wbr")]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_markup(text: str) -> None:
    page = tree(render(everywhere(text)))
    assert skeleton(page) == skeleton(tree(render(everywhere("harmless"))))
    assert page.text.count(text) >= 8
    assert f"/* {text} */" in page.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a\\x00b"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\udcffb", "a\\xffb"),  # a byte that is not UTF-8
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(
    finding: Make, report: Make, text: str, shown: str
) -> None:
    f = finding(message=text, line_text=text, path=text, rule=text, column=1, end=(7, 2))
    page = tree(render(report([f])))
    assert page.all("p", "message")[0].text.count(shown) == 2  # the message and the rule
    assert page.all("div", "row")[0].all("code")[0].text == shown
    assert page.all("td", "where")[0].text == f"{shown}:7"
    assert text not in page.text


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode(errors="surrogateescape"))
)
def test_no_text_breaks_the_page(finding: Make, report: Make, text: str) -> None:
    f = finding(
        message=text,
        line_text=text,
        path=text,
        rule=text,
        why=text,
        evidence=(text,),
        patch=PatchRef(1, 1, text, text),
        column=1,
        end=(7, 5),
    )
    page = render(report([f])).decode("utf-8")
    assert re.sub(r"[\n\t]", "", page).isprintable()
    tree(page.encode())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_mail_breaks_the_page(noise: bytes) -> None:
    data = mail(1, 1, CREATE).encode().replace(b"Say why.", noise).replace(b"lend: part", noise)
    tree(render(lint_mails(read_mails(data, "x"), RULES)))


def test_lines_without_end_are_cut() -> None:
    long = "x" * 1_000_000
    page = render(lint(mail(1, 1, CREATE.replace("+\treturn 0;", f"+\t/* {long} */"))))
    assert len(page) < 100_000
    assert "[... 999,60" in page.decode()  # a tab, `/* ` and 396 of the x are shown


def test_a_page_too_large_leaves_out_what_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f"+int v{n};\n" for n in range(1000))
    diff = CREATE.replace("+1,14 @@", "+1,1014 @@") + lines
    whole = page_of(mail(1, 1, diff))
    monkeypatch.setattr(beside, "MANY", 1000)
    page = page_of(mail(1, 1, diff))
    assert len(list(rows(whole))) == 1014
    assert beside_rows(page) == beside_rows(whole)
    assert len(list(rows(page))) < 40
    assert "998 lines, left out of so large a page" in page.text


def test_the_work_is_linear_in_equal_lines() -> None:
    """5,000 equal lines with a finding each; by pairs it would be 25 million comparisons."""
    report = lint(mail(1, 1, CREATE))
    (f,) = report.findings
    (hunk,) = report.series[0].patches[0].files[0].hunks
    line = hunk.lines[7]
    hunk.lines[:] = [line._replace(new=n) for n in range(1, 5001)]
    findings = {}
    for n in range(1, 5001):
        findings[n] = one = type(f)(f.rule, f.severity, f.path, n, 2, (n, 24), "x")
        one.line_text, one.patch = f.line_text, f.patch
    (view,) = beside.beside(report.series[0], "p", findings)
    shown = [row for run in view.files[0].hunks[0].runs for row in run.rows]
    assert [(row.new, [c.number for c in row.cards]) for row in shown] == [
        (n, [n]) for n in range(1, 5001)
    ]


# -- parts -------------------------------------------------------------------------


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60))))
def test_marks_cover_their_spans_and_nothing_is_lost(
    text: str, spots: list[tuple[int, int]]
) -> None:
    text = text.rstrip("\r")
    parts = beside.marked(text, spots)
    encoded = [(part.encode("utf-8", "surrogateescape"), on) for part, on in parts]
    raw = text.encode()
    assert b"".join(part for part, _ in encoded) == raw
    on = [flag for part, flag in encoded for _ in part]
    assert on == [any(a <= n < b for a, b in spots) for n in range(len(raw))]


@given(
    st.integers(0, 80).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.integers(0, max(n - 1, 0))))
    )
)
def test_what_is_near_is_shown_and_runs_make_the_hunk(case: tuple[int, set[int]]) -> None:
    size, told = case
    if size == 0:
        told = set()
    runs = beside.runs_of(size, sorted(told))
    assert [n for start, end, _ in runs for n in range(start, end)] == list(range(size))
    for start, end, folded in runs:
        near = [n for n in range(start, end) if any(abs(n - t) <= beside.CONTEXT for t in told)]
        if folded:
            assert not near
            assert end - start > beside.FEW or not told
        else:
            assert end - start - len(near) <= beside.FEW * (len(told) + 1)
    assert all(a[2] != b[2] for a, b in pairwise(runs))


def test_code_in_a_message() -> None:
    assert spans("`a` is b, `c`") == [("a", True), (" is b, ", False), ("c", True)]
    assert spans("a ` alone") == [("a ` alone", False)]


def test_evidence_with_an_address() -> None:
    assert (
        evidence("see https://lore.kernel.org/r/1@x.org/.") == "https://lore.kernel.org/r/1@x.org/"
    )
    assert evidence("<1.2@x.org>") == "https://lore.kernel.org/r/1.2@x.org"
    assert evidence("Ada on [PATCH v13 10/48]: no") == ""
    assert (
        evidence("javascript:alert(1)//@x")
        == "https://lore.kernel.org/r/javascript%3Aalert%281%29%2F%2F@x"
    )


def test_cut() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc [... 1 more]"


def test_a_message_ends_where_the_diff_begins() -> None:
    (one,) = read_mails(mail(1, 1, CREATE, body="Why.\n\nS-o-b: x").encode(), "x")
    assert message(one) == "Why.\n\nS-o-b: x"
    assert message(None) == ""
    (one,) = read_mails(mail(1, 1, CREATE, body="Why.\nFrom: a to b").encode(), "x")
    assert message(one) == "Why.\nFrom: a to b"
    assert author(one) == "Ada Author <ada@example.org>"


# -- the command ---------------------------------------------------------------------


def test_the_command(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["--no-config", "--format", "html", str(SAMPLE)]) == 1
    out, err = capfdbinary.readouterr()
    assert err == b""
    page = tree(out)
    assert page.all("h1")[0].text == "firmware: rmi_lend: Lend memory to realms, v2"
    policy = next(m for m in page.all("meta") if "http-equiv" in m.attributes)
    assert policy.attributes["content"].startswith("default-src 'none';")
    loads = {"src", "srcset", "data", "poster", "background"}
    assert not [e.tag for e in page.walk() if loads & set(e.attributes) or e.tag in ("link", "img")]
    assert "url(" not in page.text


def test_standard_input_without_a_patch_is_a_page_that_says_so(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    empty = tmp_path / "empty.mbox"
    empty.write_bytes(b"")
    assert cli.main(["--no-config", "--format", "html", str(empty)]) == 0
    out, _ = capfdbinary.readouterr()
    assert "no patch in it" in tree(out).text


def test_html_and_a_diff_exclude_each_other(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["--no-config", "--format", "html", "--diff", str(SAMPLE)]) == 2
    assert b"--diff writes a diff and nothing else" in capfdbinary.readouterr().err


# -- in a browser ----------------------------------------------------------------------


def test_it_renders_and_filters(browse: Make) -> None:
    rules = registry.load([])
    report = lint_mails(read_mails(SAMPLE.read_bytes(), "x"), rules)
    found = browse(
        render(report),
        """
        const shown = (all) => [...document.querySelectorAll(all)].filter(
            (e) => e.getClientRects().length > 0).length;
        const choose = (control) => control.dispatchEvent(new Event("change", {bubbles: true}));
        const filters = document.getElementById("filters");
        const gaps = [...document.querySelectorAll(".card")].map((card) => {
            const row = card.previousElementSibling.getBoundingClientRect();
            return card.getBoundingClientRect().top - row.bottom;
        });
        const seen = {gaps, filters: shown("#filters")};
        seen.all = [shown("tbody tr"), shown(".card"), shown("section.patch")];
        const error = filters.querySelector("input[value=error]");
        error.click();
        seen.warnings = [shown("tbody tr"), shown(".card"), shown("section.patch")];
        error.click();
        filters.querySelector("select").value = "widened-range";
        choose(filters.querySelector("select"));
        seen.widened = [shown("tbody tr"), shown(".card"), shown("section.patch")];
        seen.status = filters.querySelector("[role=status]").textContent;
        return seen;
        """,
    )
    errors = sum(f.severity == "error" for f in report.findings)
    widened = sum(f.rule == "widened-range" for f in report.findings)
    number = len(report.findings)
    patches = len({f.patch for f in report.findings})
    assert found["filters"] == 1
    assert found["all"] == [number, number, patches]
    assert all(0 <= gap < 20 for gap in found["gaps"])
    assert found["warnings"] == [number - errors, number - errors, 1]  # patch 2 alone has some
    assert found["widened"] == [widened, widened, 1]
    assert found["status"] == f"{widened} of {number} shown"


@pytest.mark.parametrize("width", [500, 1200])
def test_hostile_and_long_text_stays_in_its_place(browse: Make, width: int) -> None:
    report = everywhere("".join(HOSTILE) + "x" * 3000 + "\u05d0\u05d1 \u202e")
    found = browse(
        render(report),
        """
        const page = document.documentElement;
        return {
            wide: page.scrollWidth - page.clientWidth,
            scripts: document.scripts.length,
            handlers: document.querySelectorAll("[onclick], [onerror], img").length,
        };
        """,
        width,
    )
    assert found == {"wide": 0, "scripts": 2, "handlers": 0}  # the page's and the test's


def test_every_finding_of_a_real_series_stands_at_its_line(shared: Path) -> None:
    rules = registry.load([])
    report = lint_mails(read_mails((shared / "corpus/cca-kvm-v13.mbox").read_bytes(), "x"), rules)
    assert len(report.findings) > 100
    page = tree(render(report))
    placed = {}
    for section in page.all("section", "patch"):
        shown = [row for row, _ in rows(section)]
        for at, (_, cards) in enumerate(rows(section)):
            for card in cards:
                placed[int(card.attributes["id"].removeprefix("finding-"))] = (
                    section.all("h2")[0].text,
                    shown[max(at - place.BELOW, 0) : at + 1],
                )
    for n, f in enumerate(report.findings, 1):
        heading, above = placed[n]
        assert f.patch is not None
        assert heading == f.patch.subject
        assert (str(f.line), f.line_text) in [(new, code) for _, _, new, code in above]

"""Findings over a series: where they come from, go to, and are told once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from linter import follow as follow_module
from linter.check import lint_files, lint_mails, lint_series
from linter.finding import Finding, Related, Report
from linter.intake.diff import parse_diff
from linter.intake.git import Tree
from linter.intake.mail import parse_subject
from linter.intake.patch import Mail, Patch, Series
from linter.source.unit import Function, Unit
from rules.registry import Rule, RuleError, load

Files = dict[str, str]
ONE = "arch/arm64/kvm/one.c"
TWO = "arch/arm64/kvm/two.c"


# Rules of our own.


def rule(name: str, needs: str, check: Callable[..., Iterable[Finding]], **more: object) -> Rule:
    declared = {"SEVERITY": "warning", "NEEDS": needs, "TITLE": name, "check": check}
    return Rule(f"/rules/{name}", declared | more)


def _bad(function: Function) -> Iterator[Finding]:
    for site in function.facts.calls(lambda name: name == "bad"):
        yield function.finding(site.node, "bad() is called")


def _dropped(function: Function) -> Iterator[Finding]:
    for site in function.facts.sites:
        if site.call.bare and function.world.is_status(site.name, function):
            yield function.finding(site.node, "its status is lost")


def _line(unit: Unit) -> Iterator[Finding]:
    for node in unit.nodes("call_expression"):
        if (node.text or b"").startswith(b"bad("):
            yield unit.finding(node, "bad() is called")


def _series(units: list[Unit]) -> Iterator[Finding]:
    for unit in units:
        yield from _line(unit)


BAD = rule("bad", "function", _bad, WORDS=(("bad",),), WHY="it hurts", CATALOGUE=("A-B",))
DROPPED = rule("dropped", "function", _dropped)
LINE = rule("line", "line", _line, WORDS=(("bad",),))


# Series made from files.


def diff(before: Files, after: Files, renames: dict[str, str] | None = None) -> str:
    """What git would say of the step from one tree to the next."""
    out = []
    renames = renames or {}
    sources = {new: old for old, new in renames.items()}
    for path in sorted((before.keys() | after.keys()) - renames.keys()):
        origin = sources.get(path, path)
        old, new = before.get(origin), after.get(path)
        if old == new and path not in sources:
            continue
        out.append(f"diff --git a/{origin} b/{path}\n")
        if path in sources:
            out.append(f"similarity index 90%\nrename from {origin}\nrename to {path}\n")
        elif old is None:
            out.append("new file mode 100644\n")
        elif new is None:
            out.append("deleted file mode 100644\n")
        out += difflib.unified_diff(
            (old or "").splitlines(True),
            (new or "").splitlines(True),
            "/dev/null" if old is None else f"a/{origin}",
            "/dev/null" if new is None else f"b/{path}",
        )
    return "".join(out)


def patches(*diffs: str, kind: str = "patch") -> Series:
    series = Series("rmi", 1, len(diffs))
    for index, text in enumerate(diffs, 1):
        mail = Mail("test", 1, parse_subject(f"[PATCH {index}/{len(diffs)}] rmi: {index}"), text)
        mail.message_id = f"{index}@example.org"
        series.patches.append(Patch(mail, parse_diff(text, "test").files, kind))
    return series


def lint(series: Series, *rules: Rule) -> Report:
    report = Report()
    lint_series(series, list(rules), None, report)
    return report


def follow(*steps: Files, rules: tuple[Rule, ...] = (BAD,)) -> Report:
    """Lints the series that makes these trees one after another, from nothing."""
    return lint(patches(*map(diff, ({}, *steps[:-1]), steps)), *rules)


def story(report: Report) -> list[tuple[str, int, int, int | None]]:
    """(line text, line, introduced in, removed in) of each finding."""
    return [
        (
            f.line_text.strip(),
            f.line,
            f.introduced_in.index if f.introduced_in else 0,
            f.removed_in.index if f.removed_in else None,
        )
        for f in report.findings
    ]


def code(*bodies: str, head: str = "") -> str:
    """A file with functions f0, f1 ...; each statement on its line, the first on line 3."""
    text = head
    for number, body in enumerate(bodies):
        lines = "".join(f"\t{statement}\n" for statement in body.split("\n"))
        text += f"int f{number}(int a)\n{{\n{lines}\treturn 0;\n}}\n\n"
    return text


# Over a series.


def test_a_finding_is_told_once_where_it_comes_from() -> None:
    first = {ONE: code("rmi_ok();")}
    second = {ONE: code("rmi_ok();\nbad(1);")}
    third = {ONE: code("rmi_ok();\nbad(1);", "x();")}
    report = follow(first, second, third)
    assert story(report) == [("bad(1);", 4, 2, None)]
    (finding,) = report.findings
    assert finding.patch == finding.introduced_in
    assert finding.patch is not None
    assert (finding.patch.total, finding.patch.message_id) == (3, "2@example.org")
    assert finding.patch.subject == "[PATCH 2/3] rmi: 2"
    assert (finding.rule, finding.severity, finding.why) == ("bad", "warning", "it hurts")
    assert (finding.catalogue, finding.function) == (("A-B",), "f0")
    assert (report.patches, report.files) == (3, 3)


@pytest.mark.parametrize(
    "later",
    [
        pytest.param({ONE: code("rmi_ok();", "bad(2);")}, id="the line goes"),
        pytest.param({ONE: code("x();", "bad(2);")}, id="with every rmi word"),
        pytest.param(
            {ONE: "int f1(int a)\n{\n\tbad(2);\n\treturn 0;\n}\n"}, id="the function goes"
        ),
    ],
)
def test_a_finding_that_goes_away_names_the_patch(later: Files) -> None:
    first = {ONE: code("rmi_ok();\nbad(1);", "bad(2);")}
    second = {ONE: code("rmi_ok();\nbad(1);", "bad(2);\ny();")}
    report = follow(first, second, later)
    assert [(text, first, last) for text, _, first, last in story(report)] == [
        ("bad(1);", 1, 3),
        ("bad(2);", 1, None),
    ]


def test_a_file_that_goes_away_takes_its_findings() -> None:
    report = follow({ONE: code("bad(1);"), TWO: code("x();")}, {TWO: code("x();")})
    assert story(report) == [("bad(1);", 3, 1, 2)]


def test_a_file_that_loses_its_words_loses_its_findings() -> None:
    report = follow({ONE: code("bad(1);")}, {ONE: code("good(1);")})
    assert story(report) == [("bad(1);", 3, 1, 2)]


def test_what_comes_back_is_told_again() -> None:
    with_it, without = {ONE: code("bad(1);")}, {ONE: code("x();")}
    report = follow(with_it, without, with_it)
    assert story(report) == [("bad(1);", 3, 1, 2), ("bad(1);", 3, 3, None)]


def test_two_functions_of_one_name_keep_their_findings_apart() -> None:
    def both(first: str, second: str) -> Files:
        return {ONE: f"#ifdef X\n{code(first)}#else\n{code(second)}#endif\n"}

    report = follow(
        both("bad(1);", "bad(1);"),
        both("bad(1);", "x();\nbad(1);"),
        both("y();\nbad(1);", "x();\nbad(1);"),
    )
    assert story(report) == [("bad(1);", 4, 1, None), ("bad(1);", 11, 1, None)]


def test_a_function_that_moves_is_no_news() -> None:
    report = follow(
        {ONE: code("bad(1);")},
        {ONE: code("bad(1);", head="/* rmi */\n\nint x;\n")},
        {ONE: code("bad(1);\nbad(2);", head="/* rmi */\n\nint x;\n")},
    )
    assert story(report) == [("bad(1);", 3, 1, None), ("bad(2);", 7, 3, None)]


def test_a_renamed_file_is_no_news() -> None:
    before = {ONE: code("rmi_ok();\nbad(1);")}
    after = {TWO: code("rmi_ok();\nbad(1);", "bad(2);")}
    gone = {TWO: code("rmi_ok();", "bad(2);")}
    report = lint(
        patches(diff({}, before), diff(before, after, {ONE: TWO}), diff(after, gone)), BAD
    )
    assert story(report) == [("bad(1);", 4, 1, 3), ("bad(2);", 10, 2, None)]
    assert [f.path for f in report.findings] == [ONE, TWO]


LOW = "static unsigned long low(int a)\n{\n\treturn %s;\n}\n\n"


def test_an_old_line_may_become_wrong() -> None:
    """Patch 2 changes what low() gives back; f0() is as it was."""
    report = follow(
        {ONE: LOW % "3" + code("low(a);")},
        {ONE: LOW % "RMI_ERROR_INPUT" + code("low(a);")},
        {ONE: LOW % "4" + code("low(a);")},
        rules=(DROPPED,),
    )
    assert story(report) == [("low(a);", 8, 2, 3)]


def test_an_old_line_may_become_wrong_by_another_file() -> None:
    low = LOW.removeprefix("static ")
    report = follow(
        {ONE: low % "3", TWO: code("low(a);")},
        {ONE: low % "RMI_ERROR_INPUT", TWO: code("low(a);")},
        {ONE: low % "4", TWO: code("low(a);")},
        rules=(DROPPED,),
    )
    assert story(report) == [("low(a);", 3, 2, 3)]
    assert [f.path for f in report.findings] == [TWO]


def test_the_last_word_of_a_deleted_file() -> None:
    """Without a body the name decides: rmi_rec_count() looks like a command."""
    count = "int rmi_rec_count(int a)\n{\n\treturn 3;\n}\n"
    report = follow(
        {ONE: count, TWO: code("rmi_rec_count(a);")},
        {TWO: code("rmi_rec_count(a);")},
        rules=(DROPPED,),
    )
    assert story(report) == [("rmi_rec_count(a);", 3, 2, None)]


# Fingerprints.


def prints(*steps: Files, rules: tuple[Rule, ...] = (BAD,)) -> list[str]:
    return [f.fingerprint for f in follow(*steps, rules=rules).findings]


def test_a_fingerprint_survives_a_re_post() -> None:
    (old,) = prints({ONE: code("bad(a,  1);")})
    assert len(old) == 16 and int(old, 16) >= 0
    assert prints({TWO: code("bad(a,  1);")}) == [old]
    assert prints({ONE: code("bad(a,\n    1);", head="int x;\n\n")}) == [old]
    assert prints({ONE: code("rmi_ok();\nif (a) {\nbad(a, 1);\n}")}) == [old]
    assert prints({ONE: "int x;\n"}, {ONE: code("bad(a, 1);")}) == [old]


def test_a_fingerprint_tells_apart() -> None:
    (old,) = prints({ONE: code("bad(1);")})
    assert prints({ONE: code("bad(2);")}) != [old]
    assert prints({ONE: code("bad(1);").replace("f0", "g0")}) != [old]
    other = rule("other", "function", _bad)
    assert prints({ONE: code("bad(1);")}, rules=(other,)) != [old]


def test_equal_statements_are_counted() -> None:
    one = prints({ONE: code("bad(1);\nx();\nbad(1);\nbad(1);")})
    assert len(set(one)) == 3
    assert prints({ONE: code("bad(1);\nbad(1);")}) == one[:2]
    assert len(set(prints({ONE: code("bad(1);", "bad(1);")}))) == 2


def test_rules_over_a_whole_series_have_fingerprints() -> None:
    report = follow({ONE: code("bad(1);\nbad(1);")}, rules=(rule("all", "series", _series),))
    found = [f.fingerprint for f in report.findings]
    assert len(set(found)) == 2
    assert all(len(one) == 16 for one in found)
    assert {f.rule for f in report.findings} == {"all"}


def test_a_rule_over_a_series_sees_its_end_and_names_the_patch_of_the_line() -> None:
    """And the number the line had then; what goes away again is not told at all."""
    whole = rule("all", "series", _series, WORDS=(("bad",),))
    report = follow(
        {ONE: code("bad(1);\nbad(0);")},
        {ONE: code("bad(1);"), TWO: code("bad(2);")},
        {ONE: code("good();", "bad(1);"), TWO: code("bad(2);")},
        rules=(whole,),
    )
    assert sorted(story(report)) == [("bad(1);", 3, 1, None), ("bad(2);", 3, 2, None)]


def test_a_rule_over_a_series_sees_hunks_of_other_files_with_their_patch() -> None:
    whole = rule("all", "series", _series, WORDS=(("bad",),))
    first = hunks(code("", head=FILLER), code("bad(1);", head=FILLER))
    report = lint(patches(diff({}, {TWO: code("bad(2);")}), first), whole)
    assert [(f.path, f.fragment, f.patch.index) for f in report.findings if f.patch] == [
        (TWO, False, 1),
        (ONE, True, 2),
    ]


def test_a_rule_over_a_series_follows_a_file_that_is_renamed() -> None:
    whole = rule("all", "series", _series, WORDS=(("bad",),))
    first, second = {ONE: code("bad(1);")}, {TWO: code("bad(1);")}
    renamed = diff(first, second, {ONE: TWO})
    report = lint(patches(diff({}, first), renamed), whole)
    assert [(f.path, f.line, f.patch.index) for f in report.findings if f.patch] == [(TWO, 3, 1)]


def test_a_finding_over_a_series_has_all_places_as_its_patch_had_them() -> None:
    """In the file of the finding, in another, and where the finding is in a hunk."""

    def check(units: list[Unit]) -> Iterator[Finding]:
        twos = {u.path: n for u in units for n in u.nodes("call_expression") if n.text == b"bad(2)"}
        for unit in units:
            for node in unit.nodes("call_expression"):
                if node.text == b"bad(1)":
                    places = [Related(TWO, u.line(twos[TWO]), "2") for u in units if u.path == TWO]
                    yield unit.finding(node, "both", related=places)

    whole = rule("all", "series", check, WORDS=(("bad",),))
    moved = {ONE: code("bad(1);"), TWO: code("good();", "bad(2);")}
    steps = ({TWO: code("bad(2);")}, {ONE: code("bad(1);"), TWO: code("bad(2);")}, moved)
    (finding,) = follow(*steps, rules=(whole,)).findings
    assert finding.patch is not None
    assert (finding.line, finding.patch.index, finding.related[0].line) == (3, 2, 3)
    hunk = hunks(code("", head=FILLER), code("bad(1);", head=FILLER))
    series = patches(diff({}, steps[0]), hunk, diff(steps[0], {TWO: moved[TWO]}))
    (finding,) = lint(series, whole).findings
    assert finding.patch is not None
    assert (finding.fragment, finding.patch.index, finding.related[0].line) == (True, 2, 3)


def test_a_rule_over_a_series_is_silent_about_what_was_there(tmp_path: Path) -> None:
    """A line of a file that a tree gives is not the series' doing."""
    whole = rule("all", "series", _series, WORDS=(("bad",),))
    before, after = code("bad(1);", "", head=FILLER), code("bad(1);", "bad(2);", head=FILLER)
    path = tmp_path / ONE
    path.parent.mkdir(parents=True)
    path.write_text(before)
    report = Report()
    lint_series(patches(hunks(before, after)), [whole], Tree.open(str(tmp_path)), report)
    assert [f.line_text.strip() for f in report.findings] == ["bad(2);"]


# Hunks without a file.


def hunks(before: str, after: str, path: str = ONE) -> str:
    """A patch for a file that nobody has: lint() gets no tree."""
    return diff({path: before}, {path: after})


FILLER = "".join(f"int filler{n};\n" for n in range(9))


def test_only_added_lines_count() -> None:
    before = code("bad(1);", head=FILLER)
    after = code("bad(1);\nbad(2);", head=FILLER)
    report = lint(patches(hunks(before, after)), BAD, LINE)
    assert {(f.line, f.rule) for f in report.findings} == {(13, "bad"), (13, "line")}
    assert all(f.fragment for f in report.findings)
    assert all(f.introduced_in and f.introduced_in.index == 1 for f in report.findings)


def test_a_function_that_is_not_all_there_is_not_judged() -> None:
    long = "\n".join(f"x({n});" for n in range(12))
    report = lint(patches(hunks(code(long), code(f"{long}\nbad(1);"))), BAD, LINE)
    assert [(f.rule, f.line_text) for f in report.findings] == [("line", "\tbad(1);")]


def test_the_same_hunk_twice_is_told_once() -> None:
    text = hunks(code("x();"), code("x();\nbad(1);"))
    report = lint(patches(text, text), LINE)
    assert story(report) == [("bad(1);", 4, 1, None)]


def test_the_same_line_in_two_files_is_told_twice() -> None:
    before, after = code("x();"), code("x();\nbad(1);")
    both = hunks(before, after, ONE) + hunks(before, after, TWO)
    report = lint(patches(both), BAD)
    assert [f.path for f in report.findings] == [ONE, TWO]


def test_replies_stand_alone() -> None:
    """Two quote one new file, one of them with a change: nothing is removed by a mail."""
    whole = diff({}, {ONE: code("bad(1);")})
    other = diff({}, {ONE: code("bad(2);")})
    report = lint(patches(whole, other, whole, kind="reply"), BAD)
    assert story(report) == [("bad(1);", 3, 1, None), ("bad(2);", 3, 2, None)]


def test_a_file_before_the_series_owes_nothing(tmp_path: Path) -> None:
    """With a tree the whole file is seen; what stood there before is no finding."""
    before = code("bad(1);", "x();")
    after = code("bad(1);", "x();\nbad(2);")
    path = tmp_path / ONE
    path.parent.mkdir(parents=True)
    path.write_text(before)
    report = Report()
    lint_series(patches(hunks(before, after)), [BAD], Tree.open(str(tmp_path)), report)
    assert story(report) == [("bad(2);", 10, 1, None)]
    assert not report.findings[0].fragment


# What could not be done.


def test_a_rule_that_raises_is_named() -> None:
    def broken(function: Function) -> Iterator[Finding]:
        yield from ()
        raise KeyError("oops")

    with pytest.raises(
        RuleError, match=r"rule broken failed on .*one\.c: f0\(\): KeyError: 'oops'"
    ):
        follow({ONE: code("rmi_ok();")}, rules=(rule("broken", "function", broken),))


def test_lines_that_cannot_be_read_are_named() -> None:
    broken = code("rmi_ok();") + "int g(int a)\n{\n\tint x = @@ 3 $ ((;\n}\n"
    report = follow({ONE: broken})
    assert any(note.source == ONE and "not checked" in note.text for note in report.notes)
    assert report.not_checked_lines >= 1
    fine = follow({ONE: code("rmi_ok();")})
    assert (fine.notes, fine.not_checked_lines) == ([], 0)


def test_old_lines_that_cannot_be_read_are_not_counted_again() -> None:
    broken = "int g(int a)\n{\n\tint x = @@ 3 $ ((;\n}\n"
    first, second = code("rmi_ok();") + broken, code("rmi_ok();", "x();") + broken
    once = follow({ONE: first})
    twice = follow({ONE: first}, {ONE: second})
    assert twice.not_checked_lines == once.not_checked_lines


def test_a_patch_of_which_nothing_was_checked_is_named() -> None:
    head = "diff --git a/k.c b/k.c\n--- a/k.c\n+++ b/k.c\n@@ -5,0 +6,2 @@\n"
    garbage = f"{head}+)) rmi_x( }}}} @@ (\n+]] {{{{ $$ ((\n"
    report = lint(patches(garbage, hunks(code("x();"), code("rmi_ok();"))), BAD)
    assert [ref.index for ref in report.unchecked_patches] == [1]
    assert report.patches == 2


def test_a_patch_about_something_else_is_no_loss() -> None:
    report = lint(patches(diff({}, {"README": "rmi_x\n", "x.c": "int x;\n"})), BAD)
    assert report.unchecked_patches == []
    assert report.findings == []


# Other ways in.


def test_mails_are_sorted_into_series_first() -> None:
    mails = [
        Mail("test", 1, parse_subject(f"[PATCH {index}/2] rmi"), text)
        for index, text in (
            (2, diff({ONE: code("bad(1);")}, {ONE: code("x();")})),
            (1, diff({}, {ONE: code("bad(1);")})),
        )
    ]
    for number, mail in enumerate(mails):
        mail.message_id = f"{number}@example.org"
        mail.in_reply_to = "cover@example.org"
    report = lint_mails(mails, [BAD])
    assert story(report) == [("bad(1);", 3, 1, 2)]


def test_files_are_linted_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.c").write_text(code("bad(1);"))
    (tmp_path / "b.h").write_text(code("x();", "bad(2);\nbad(3);"))
    (tmp_path / "c.txt").write_text(code("bad(4);"))
    report = lint_files([str(tmp_path)], [BAD])
    assert [(Path(f.path).name, f.line, f.line_text.strip()) for f in report.findings] == [
        ("b.h", 9, "bad(2);"),
        ("b.h", 10, "bad(3);"),
        ("a.c", 3, "bad(1);"),
    ]
    assert report.files == 2


def test_files_are_seen_with_the_functions_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(code("ask();"))
    (tmp_path / "b.c").write_text("long ask(void)\n{\n\treturn RMI_BUSY;\n}\n")
    paths = [str(tmp_path / name) for name in ("a.c", "b.c")]
    assert [f.line_text.strip() for f in lint_files(paths, [DROPPED]).findings] == ["ask();"]
    assert not lint_files(paths[:1], [DROPPED]).findings


@pytest.mark.parametrize(("limit", "value"), [("MAX_SOURCE", 10), ("MAX_HUNKS", 0)])
def test_what_nobody_wrote_by_hand_is_named_and_not_read(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(follow_module, limit, value)
    change = hunks(code("", head=FILLER), code("rmi_x();\nbad(1);", head=FILLER))
    report = lint(patches(change), BAD)
    assert report.findings == []
    assert [ref.index for ref in report.unchecked_patches] == [1]
    assert any("not checked" in note.text for note in report.notes)


def test_a_rule_that_exits_or_recurses_is_an_error_too() -> None:
    def leaves(_: Function) -> Iterator[Finding]:
        raise SystemExit(0)

    def recurses(function: Function) -> Iterator[Finding]:
        return recurses(function)

    def talks(_: Function) -> Iterator[Finding]:
        yield "bad() is called"  # type: ignore[misc]

    for check_ in (leaves, recurses, talks):
        with pytest.raises(RuleError, match="rule broken failed on"):
            follow({ONE: code("bad(1);")}, rules=(rule("broken", "function", check_),))


def test_a_renamed_function_keeps_its_finding() -> None:
    first = code("bad(1);")
    second = first.replace("f0", "g0")
    report = follow({ONE: first}, {ONE: second})
    assert [(f.function, f.removed_in) for f in report.findings] == [("f0", None)]


def test_a_finding_that_comes_back_is_told_again() -> None:
    report = follow({ONE: code("bad(1);")}, {ONE: code("x();")}, {ONE: code("bad(1);")})
    told = [
        (f.introduced_in and f.introduced_in.index, f.removed_in and f.removed_in.index)
        for f in report.findings
    ]
    assert told == [(1, 2), (3, None)]


def test_a_function_shown_in_part_is_named() -> None:
    long = "\n".join(f"x({n});" for n in range(20))
    change = hunks(code(long), code(long.replace("x(10);", "bad(1);")))
    report = lint(patches(change), BAD)
    assert report.findings == []
    assert ["only a part of" in note.text for note in report.notes] == [True]


def test_one_place_is_told_once_whatever_leads_to_it() -> None:
    def twice(function: Function) -> Iterator[Finding]:
        yield from _bad(function)
        yield from _bad(function)

    report = follow({ONE: code("bad(1);")}, rules=(rule("twice", "function", twice),))
    assert len(report.findings) == 1


def test_a_rule_sees_that_a_helper_of_the_function_changed() -> None:
    """The finding rests on what drop() does, and drop() is another function."""
    (real,) = [r for r in load() if r.name == "free-after-failed-undelegate"]
    caller = (
        "static void end(struct realm *r)\n{\n"
        "\tWARN_ON(rmi_undelegate_page(virt_to_phys(r->rd)));\n\tdrop(r->rd);\n}\n"
    )
    helper = "static void drop(void *page)\n{\n\tnote(page);\n}\n\n"
    frees = helper.replace("note(page)", "free_page((unsigned long)page)")
    other = "static void other(void *page)\n{\n\tfree_page((unsigned long)page);\n}\n\n"
    steps = ({ONE: other + helper + caller}, {ONE: other + frees + caller})
    report = follow(*steps, rules=(real,))  # `other` has the words, so the rule ran at once
    assert [f.introduced_in and f.introduced_in.index for f in report.findings] == [2]

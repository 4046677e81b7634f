"""The pages made of the rules are as the rules are, and the map has every name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linter.rulesdoc import (
    DOCS,
    UNCOVERED,
    covering,
    main,
    map_page,
    pages,
    rules_page,
    uncovered,
)
from rules.registry import Rule, load

NAME = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
LONG = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")
SMALL = {
    "SEVERITY": "warning",
    "NEEDS": "line",
    "CATALOGUE": ("LOUD", "LOUDER"),
    "TITLE": "a call of `rmi_shout(a | b)` or _worse_",
    "WHY": "It is *loud*, and rmi_shout_up() is louder.",
    "FIX": "Whisper.",
    "EVIDENCE": ("somebody on v4",),
    "check": lambda unit: [],
}


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    examples = tmp_path / "too-loud" / "examples"
    examples.mkdir(parents=True)
    for name, lines in (("long", 9), ("short", 2)):
        (examples / f"bad_{name}.c").write_text(
            "x;\n" * lines + f"\trmi_shout({name}); /* expect: too-loud info */\n"
        )
        (examples / f"good_{name}.c").write_text(f"rmi_whisper({name});\n")
    (examples / "bad_alone.c").write_text("y;\n")
    return Rule(str(examples.parent), {**SMALL, "DEFAULT": False})


def test_a_rule_is_on_the_page(rule: Rule) -> None:
    page = rules_page([rule])
    table, _, section = page.partition("\n## too-loud\n")
    row = r"| [`too-loud`](#too-loud) | warning, off | A call of `rmi_shout(a \| b)` or \_worse\_ |"
    assert row in table
    assert section == (
        "\n"
        r"A call of `rmi_shout(a | b)` or \_worse\_. *warning, off*, works on single lines."
        "\n\n"
        r"It is \*loud\*, and rmi_shout_up() is louder."
        "\n\n**Instead:** Whisper.\n\nReported:\n\n"
        "```c\nx;\nx;\n\trmi_shout(short); /* <-- */\n```\n\nNot reported:\n\n"
        "```c\nrmi_whisper(short);\n```\n\nEvidence:\n\n- somebody on v4\n\n"
        "[What it does not catch](../rules/too-loud/README.md#what-it-does-not-catch); "
        "in the catalogues: `LOUD`, `LOUDER`.\n"
    )


def test_the_map_names_the_rule_or_the_reason(rule: Rule) -> None:
    page = map_page([rule], {"QUIET": "nobody minds | much", "LOUD": "covered after all"})
    assert "2 of 3 names are covered, by 1 rules." in page
    assert page.splitlines()[-3:] == [
        "| `LOUD` | [`too-loud`](rules.md#too-loud) |",
        "| `LOUDER` | [`too-loud`](rules.md#too-loud) |",
        r"| `QUIET` | none: nobody minds \| much |",
    ]


@pytest.mark.parametrize("text", ["QUIET\n", "QUIET one\nQUIET two\n"])
def test_a_reason_must_be_there_and_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "uncovered.txt"
    path.write_text(f"# why\n\n{text}")
    with pytest.raises(ValueError, match=r"uncovered\.txt:\d: QUIET"):
        uncovered(path)


@pytest.mark.parametrize("name", ["rules.md", "catalogue-map.md"])
def test_the_page_is_current(name: str) -> None:
    path = DOCS / name
    assert path.read_text(encoding="utf-8") == pages()[path], "run python -m linter.rulesdoc"


def test_check_says_which_page_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("linter.rulesdoc.pages", lambda: {tmp_path / "rules.md": "new"})
    (tmp_path / "rules.md").write_text("old")
    assert main(["--check"]) == 1
    assert "rules.md: not as the rules are" in capsys.readouterr().out
    assert main([]) == 0
    assert (tmp_path / "rules.md").read_text() == "new"
    assert main(["--check"]) == 0


def test_every_reason_is_known_and_needed() -> None:
    reasons = uncovered(UNCOVERED)
    assert [name for name, reason in reasons.items() if "TODO" in reason] == []
    assert sorted(reasons.keys() & covering(load()).keys()) == [], "covered now: delete the line"
    assert list(reasons) == sorted(reasons)


def test_the_map_has_every_name_of_the_facts(shared: Path) -> None:
    known = covering(load()).keys() | uncovered(UNCOVERED).keys()
    names = catalogue_4_10(shared) | catalogue_12_14(shared)
    assert len(names) > 130
    assert sorted(names - known) == []


def catalogue_4_10(shared: Path) -> set[str]:
    """The names of the rules in section 2 of one fact sheet, and in its table."""
    text = (shared / "facts/hazards-v4-v10.md").read_text(encoding="utf-8")
    section = text.partition("\n# 2. ")[2].partition("\n# 3. ")[0]
    cells = re.findall(r"^\| RMI-\d+ (?:\*\*P\*\* )?([^|]*)\|", section, re.M)
    assert len(cells) == 39
    table = (shared / "facts/hazard-versions-v4-v13.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t")[1] for line in table.splitlines()[1:]]
    names = {name for cell in cells for name in NAME.findall(cell)}
    return names | {name for row in rows for name in LONG.findall(row)}


def catalogue_12_14(shared: Path) -> set[str]:
    """The names in the headings of section 2.1 and in the table of 2.2, and of the labels."""
    text = (shared / "facts/hazards-v12-v14.md").read_text(encoding="utf-8")
    main, _, rest = text.partition("\n## 2.1 ")[2].partition("\n## 2.2 ")
    small = rest.partition("\n## 2.3 ")[0]
    heads = [head.partition(" - ")[0] for head in re.findall(r"^### (.*)", main, re.M)]
    heads += re.findall(r"^\| ([^|]*) \|", small, re.M)
    labels = (shared / "facts/hazard-labels-v12-v13.tsv").read_text(encoding="utf-8")
    heads += [line.split("\t")[1] for line in labels.splitlines()[1:]]
    return {name for head in heads for name in LONG.findall(head)}

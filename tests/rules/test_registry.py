"""How rules are found, loaded, chosen and told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.check import lint_files
from rules.registry import RMI, Rule, RuleError, load, ruleset_id, select

ROOT = Path(__file__).resolve().parents[2]

DECLARATIONS = {
    "SEVERITY": '"warning"',
    "NEEDS": '"function"',
    "TITLE": '"a call of rmi_shout()"',
}
CHECK = """\
def check(function):
    for site in function.facts.calls(lambda name: name == "rmi_shout"):
        yield function.finding(site.node, "too loud")
"""
SOURCE = "int f(int x)\n{\n\treturn rmi_shout(x);\n}\n"


def rule_text(check: str = CHECK, **declarations: str | None) -> str:
    """A whole rule; a keyword replaces a declaration, None leaves it out."""
    chosen = {**DECLARATIONS, **declarations}
    lines = [f"{name} = {value}\n" for name, value in chosen.items() if value is not None]
    return "".join(lines) + check


def put(folder: Path, name: str, text: str) -> Path:
    """Writes `<folder>/<name>/rule.py`."""
    path = folder / name / "rule.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def only(rules: list[Rule], name: str) -> Rule:
    (rule,) = [rule for rule in rules if rule.name == name]
    return rule


def lint(tmp_path: Path, rules: list[Rule], source: str = SOURCE) -> list[tuple[int, str, str]]:
    path = tmp_path / "shout.c"
    path.write_text(source, encoding="utf-8")
    return [(f.line, f.rule, f.severity) for f in lint_files([str(path)], rules).findings]


# -- load ----------------------------------------------------------------------


def test_a_folder_is_a_rule() -> None:
    names = [path.parent.name for path in (ROOT / "rules").glob("*/rule.py")]
    assert [rule.name for rule in load()] == sorted(names)


def test_a_rule_is_what_its_file_declares(tmp_path: Path) -> None:
    text = rule_text(
        CATALOGUE='("LOUD",)', WORDS='(("rmi_shout",),)', WHY='"w"', FIX='"f"', EVIDENCE='("e",)'
    )
    path = put(tmp_path, "too-loud", text)
    rule = only(load([str(tmp_path)]), "too-loud")
    assert rule.folder == str(path.parent)
    assert (rule.severity, rule.needs, rule.title) == (
        "warning",
        "function",
        "a call of rmi_shout()",
    )
    assert (rule.catalogue, rule.words) == (("LOUD",), (("rmi_shout",),))
    assert (rule.why, rule.fix, rule.evidence) == ("w", "f", ("e",))
    assert lint(tmp_path, [rule]) == [(3, "too-loud", "warning")]


def test_what_need_not_be_declared(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text())
    rule = only(load([str(tmp_path)]), "too-loud")
    assert (rule.catalogue, rule.words, rule.why, rule.fix, rule.evidence) == ((), (), "", "", ())
    assert rule.default


def test_explain_without_a_readme_says_what_the_rule_declares(tmp_path: Path) -> None:
    path = put(tmp_path, "too-loud", rule_text(WHY='"They hear it."', FIX='"Whisper."'))
    rule = only(load([str(tmp_path)]), "too-loud")
    for part in ("too-loud", "a call of rmi_shout()", "They hear it.", "Whisper."):
        assert part in rule.readme()
    (path.parent / "README.md").write_text("# mine\n", encoding="utf-8")
    assert rule.readme() == "# mine\n"


# -- folders of the user's -----------------------------------------------------


def test_a_folder_adds_rules_and_replaces_those_of_the_same_name(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text())
    put(tmp_path, "widened-range", rule_text(SEVERITY='"info"'))
    rules = load([str(tmp_path)])
    assert len(rules) == len(load()) + 1
    assert [rule.name for rule in rules] == sorted(rule.name for rule in rules)
    assert only(rules, "widened-range").folder == str(tmp_path / "widened-range")
    assert lint(tmp_path, [only(rules, "widened-range")]) == [(3, "widened-range", "info")]


def test_the_last_folder_wins(tmp_path: Path) -> None:
    for place, severity in (("one", '"info"'), ("two", '"error"')):
        put(tmp_path / place, "too-loud", rule_text(SEVERITY=severity))
    rules = load([str(tmp_path / "one"), str(tmp_path / "two")])
    assert only(rules, "too-loud").severity == "error"


def test_what_is_no_rule_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text())
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "other.py").write_text("raise SystemExit\n", encoding="utf-8")
    (tmp_path / "rule.py").write_text("raise SystemExit\n", encoding="utf-8")
    assert {rule.name for rule in load([str(tmp_path)])} - {rule.name for rule in load()} == {
        "too-loud"
    }


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rule in it") as caught:
        load([str(tmp_path)])
    assert str(tmp_path) in str(caught.value)


def test_a_rule_is_no_folder_of_rules(tmp_path: Path) -> None:
    path = put(tmp_path, "too-loud", rule_text())
    with pytest.raises(RuleError, match="name the folder that it lies in"):
        load([str(path.parent)])


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="No such file") as caught:
        load([str(tmp_path / "absent")])
    assert str(tmp_path / "absent") in str(caught.value)


# -- broken rules --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("def check(:\n", "SyntaxError", id="syntax error"),
        pytest.param("import nothing_of_this_name\n", "ModuleNotFoundError", id="import"),
        pytest.param("1 / 0\n", "ZeroDivisionError", id="raises"),
        pytest.param("import sys\nsys.exit(0)\n", r"rule\.py:2: SystemExit: 0", id="exits"),
        pytest.param("raise ValueError('one\\ntwo')\n", r"one\\ntwo", id="two lines"),
        pytest.param("x = '\0'\n", "null bytes", id="null byte"),
        pytest.param("", "SEVERITY, NEEDS, TITLE, check must be defined", id="empty"),
        pytest.param(rule_text(SEVERITY=None), ": SEVERITY must be defined", id="severity"),
        pytest.param(rule_text(NEEDS=None), ": NEEDS must be defined", id="needs"),
        pytest.param(rule_text(TITLE=None), ": TITLE must be defined", id="title"),
        pytest.param(rule_text(check=""), ": check must be defined", id="check"),
        pytest.param(rule_text(SEVERITY='"fatal"'), "SEVERITY is 'fatal'", id="odd severity"),
        pytest.param(rule_text(NEEDS='"luck"'), "NEEDS is 'luck'", id="odd needs"),
        pytest.param(rule_text(SEVERITY="3"), "SEVERITY is 3, not one of error", id="type"),
        pytest.param(rule_text(SEVERITY='["info"]'), "SEVERITY is .'info'.", id="list"),
        pytest.param(rule_text(TITLE="3"), "TITLE is 3, not a string", id="odd title"),
        pytest.param(rule_text(WHY="('w',)"), "WHY is .'w',., not a string", id="odd why"),
        pytest.param(rule_text(check="check = 3\n"), "check is 3, not a function", id="not called"),
        pytest.param(rule_text(CATALOGUE="3"), "CATALOGUE is 3, not a tuple", id="number"),
        pytest.param(rule_text(CATALOGUE='("X")'), "CATALOGUE is 'X', not", id="catalogue"),
        pytest.param(rule_text(EVIDENCE='("a mail")'), "EVIDENCE is 'a mail'", id="evidence"),
        pytest.param(rule_text(WORDS='"rmi_"'), "WORDS is 'rmi_', not a tuple of g", id="word"),
        pytest.param(rule_text(WORDS='("rmi_",)'), "WORDS is .'rmi_',., not", id="one group"),
        pytest.param(rule_text(WORDS="(1,)"), "WORDS is .1,., not", id="words of numbers"),
        pytest.param(rule_text(WORDS="((1,),)"), "WORDS is ..1,.,., not", id="numbers"),
        pytest.param(rule_text(WORDS="((),)"), "WORDS is ...,., not", id="never met"),
        pytest.param(rule_text(WORDS="'w' * 999"), r"WORDS is 'w+\.\.\., not", id="long"),
    ],
)
def test_a_broken_rule_is_named_with_its_file(tmp_path: Path, text: str, why: str) -> None:
    path = put(tmp_path, "too-loud", text)
    with pytest.raises(RuleError, match=why) as caught:
        load([str(tmp_path)])
    assert str(path) in str(caught.value)
    assert str(caught.value).isprintable()  # b4 makes a row of each line
    assert len(str(caught.value)) < len(str(path)) + 160


def test_a_fault_of_what_a_rule_calls_is_told_with_the_rules_own_line(tmp_path: Path) -> None:
    path = put(tmp_path, "too-loud", "import json\n\njson.loads('{')\n" + rule_text())
    with pytest.raises(RuleError) as caught:
        load([str(tmp_path)])
    assert str(caught.value).startswith(f"{path}:3: JSONDecodeError: ")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    raise ValueError('no')\n", id="before any finding"),
        pytest.param(
            "    yield function.finding(function.node, 'one')\n    raise ValueError('no')\n",
            id="after one",
        ),
    ],
)
def test_a_rule_that_raises_is_never_a_clean_result(tmp_path: Path, body: str) -> None:
    put(tmp_path, "too-loud", rule_text(check="def check(function):\n" + body))
    rule = only(load([str(tmp_path)]), "too-loud")
    with pytest.raises(RuleError, match=r"too-loud.*ValueError: no"):
        lint(tmp_path, [rule])


@pytest.mark.parametrize(
    ("body", "given"),
    [
        pytest.param("    pass\n", "None", id="nothing"),
        pytest.param("    return function.finding(function.node, 'one')\n", "Finding", id="one"),
    ],
)
def test_a_check_that_gives_no_findings_is_told_to(tmp_path: Path, body: str, given: str) -> None:
    put(tmp_path, "too-loud", rule_text(check="def check(function):\n" + body))
    rule = only(load([str(tmp_path)]), "too-loud")
    with pytest.raises(RuleError, match=rf"check\(\) gave .*{given}.*; yield each finding"):
        lint(tmp_path, [rule])


# -- words ---------------------------------------------------------------------


def test_words_are_groups_of_which_each_must_be_met(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text(WORDS='(("rmi_", "RMI_"), ("shout",))'))
    rule = only(load([str(tmp_path)]), "too-loud")
    assert rule.wants(b"RMI_X; shout();")
    assert not rule.wants(b"RMI_X;")
    assert not rule.wants(b"shout();")


def test_the_group_rmi_is_about_the_file_not_the_function(tmp_path: Path) -> None:
    text = "from rules.registry import RMI\n" + rule_text(WORDS='(RMI, ("shout",))')
    put(tmp_path, "too-loud", text)
    rule = only(load([str(tmp_path)]), "too-loud")
    assert rule.words[0] is RMI
    assert not rule.wants(b"shout();")
    assert rule.wants_body(b"shout();")
    assert not rule.wants_body(b"rmi_x();")


def test_a_file_without_the_words_is_not_looked_at(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text(WORDS='(("whisper",),)'))
    assert lint(tmp_path, [only(load([str(tmp_path)]), "too-loud")]) == []


# -- select --------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> list[Rule]:
    put(tmp_path, "too-loud", rule_text())
    put(tmp_path, "too-quiet", rule_text())
    put(tmp_path, "for-the-brave", rule_text(DEFAULT="False"))
    names = ("too-loud", "too-quiet", "for-the-brave")
    return [rule for rule in load([str(tmp_path)]) if rule.name in names]


@pytest.mark.parametrize(
    ("wanted", "ignored", "left"),
    [
        ((), (), ["too-loud", "too-quiet"]),
        ((), ("too-loud",), ["too-quiet"]),
        (("too-loud",), (), ["too-loud"]),
        (("too-loud",), ("too-loud",), []),
        (("too-loud", "too-quiet"), ("too-loud",), ["too-quiet"]),
        (("for-the-brave",), (), ["for-the-brave"]),
        ((), ("for-the-brave",), ["too-loud", "too-quiet"]),
    ],
)
def test_select(
    three: list[Rule], wanted: tuple[str, ...], ignored: tuple[str, ...], left: list[str]
) -> None:
    assert [rule.name for rule in select(three, wanted, ignored)] == left


@pytest.mark.parametrize("way", ["select", "ignore"])
def test_an_unknown_name_is_an_error_with_near_ones(three: list[Rule], way: str) -> None:
    wanted, ignored = (["to-loud"], []) if way == "select" else ([], ["to-loud"])
    with pytest.raises(RuleError, match=r"'to-loud'; did you mean too-loud") as caught:
        select(three, wanted, ignored)
    assert "brave" not in str(caught.value)


def test_an_unknown_name_unlike_any_gets_no_guess(three: list[Rule]) -> None:
    with pytest.raises(RuleError, match=r"'xyzzy'$"):
        select(three, ["xyzzy"], [])


# -- the id of a rule set ------------------------------------------------------


def test_the_id_changes_with_a_rules_text(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text())
    before = ruleset_id(load([str(tmp_path)]))
    assert len(before) == 8
    assert int(before, 16) >= 0
    assert ruleset_id(load([str(tmp_path)])) == before
    put(tmp_path, "too-loud", rule_text() + "# quieter\n")
    assert ruleset_id(load([str(tmp_path)])) != before


def test_the_id_changes_with_the_rules_chosen_and_their_names(tmp_path: Path) -> None:
    put(tmp_path, "too-loud", rule_text())
    put(tmp_path, "too-quiet", rule_text())
    rules = load([str(tmp_path)])
    loud, quiet = only(rules, "too-loud"), only(rules, "too-quiet")
    ids = {ruleset_id(chosen) for chosen in ([], [loud], [quiet], [loud, quiet], rules)}
    assert len(ids) == 5


def test_the_id_does_not_depend_on_where_the_rule_lies(tmp_path: Path) -> None:
    """Two machines with one rule set must agree: caches are keyed by it."""
    for place in ("here", "there"):
        put(tmp_path / place, "too-loud", rule_text())
    assert ruleset_id(load([str(tmp_path / "here")])) == ruleset_id(load([str(tmp_path / "there")]))

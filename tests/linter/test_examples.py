"""Rules tried on their own examples: what differs from the marks is told, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.examples import differences, main, problems
from rules.registry import Rule

# Reports every call of rmi_shout(): a warning, and an error if it shouts 9.
RULE = """\
SEVERITY, NEEDS, TITLE, WORDS = "warning", "function", "a call of rmi_shout()", (("rmi_sh",),)


def check(function):
    for site in function.facts.calls(lambda name: name == "rmi_shout"):
        loud = site.call.args[0].text == b"9"
        yield function.finding(site.node, "too loud", severity="error" if loud else "")
"""
GOOD = "int f(void)\n{\n\treturn rmi_whisper(1);\n}\n"


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    folder = tmp_path / "mine" / "too-loud"
    (folder / "examples").mkdir(parents=True)
    (folder / "rule.py").write_text(RULE)
    (folder / "README.md").write_text("# too-loud\n")
    (folder / "examples" / "good_one.c").write_text(GOOD)
    return Rule(str(folder))


def example(rule: Rule, body: str, name: str = "bad_one.c") -> Path:
    """A file whose third line is the first of `body`."""
    path = Path(rule.folder, "examples", name)
    path.write_text(f"int f(void)\n{{\n{body}\n}}\n")
    return path


def told(rule: Rule, path: Path) -> list[str]:
    return [line.removeprefix(str(path)) for line in differences(rule, path)]


@pytest.mark.parametrize(
    "body",
    [
        "rmi_shout(1); /* expect: too-loud */",
        "rmi_shout(9); /* expect: too-loud error */",
        "rmi_shout(1); rmi_shout(9); /* expect: too-loud */ /* expect: too-loud error */",
        "/* rmi_shout(2);\n */\n#define X 1\nrmi_shout(1); /* expect: too-loud */",
    ],
)
def test_what_is_as_marked_is_not_told(rule: Rule, body: str) -> None:
    assert told(rule, example(rule, body)) == []
    assert list(problems(rule)) == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param(
            "rmi_shout(1);",
            [
                ": no line of it is marked /* expect: too-loud */",
                ":3: not marked: warning: too loud",
            ],
            id="no mark",
        ),
        pytest.param(
            "rmi_shout(1);\nrmi_shout(2); /* expect: too-loud */",
            [":3: not marked: warning: too loud"],
            id="one more",
        ),
        pytest.param(
            "rmi_shout(1); /* expect: too-loud */\nrmi_shut(2); /* expect: too-loud */",
            [":4: not reported as warning"],
            id="one less",
        ),
        pytest.param(
            "rmi_shout(9); /* expect: too-loud */",
            [":3: not reported as warning", ":3: not marked: error: too loud"],
            id="severity",
        ),
        pytest.param(
            "rmi_shout(1); /* expect too-loud */",
            [
                ":3: odd mark; it is /* expect: too-loud */",
                ": no line of it is marked /* expect: too-loud */",
                ":3: not marked: warning: too loud",
            ],
            id="slip",
        ),
        pytest.param(
            "rmi_shout(1); /* expect: to-loud */ /* expect: too-loud */",
            [":3: marked for to-loud, but this is too-loud"],
            id="other rule",
        ),
        pytest.param(
            "call(1); /* rmi_shout() */ /* expect: too-loud */",
            [
                ":3: not reported as warning",
                ": without its comments it has not a word of each group of WORDS",
            ],
            id="words in a comment",
        ),
    ],
)
def test_what_differs_is_told(rule: Rule, body: str, wanted: list[str]) -> None:
    assert told(rule, example(rule, body)) == wanted


def test_the_name_of_an_example_says_what_it_is(rule: Rule) -> None:
    marked = "rmi_shout(1); /* expect: too-loud */"
    assert told(rule, example(rule, marked, "good_two.c")) == [": a good example has no marks"]
    assert told(rule, example(rule, marked, "two.c")) == [
        ": its name must begin with bad_ or good_"
    ]


def test_an_example_that_cannot_be_read_is_told(rule: Rule) -> None:
    path = example(rule, "rmi_shout(1); /* expect: too-loud */")
    path.write_text(path.read_text() + "int g(void)\n{\n\treturn (;\n}\n")
    assert any("not checked" in line for line in told(rule, path))


def test_what_the_folder_lacks_is_told(rule: Rule) -> None:
    Path(rule.folder, "README.md").unlink()
    assert list(problems(rule)) == [
        f"{rule.folder}/examples: no bad_*.c",
        f"{rule.folder}: no README.md, which --explain prints",
    ]


def test_command(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    mine = str(Path(rule.folder).parent)
    path = example(rule, "rmi_shout(1); /* expect: too-loud */")
    assert main([mine]) == 0
    assert capsys.readouterr().out == "1 rule: all as marked\n"
    path.write_text(GOOD)
    assert main([mine]) == 1
    assert capsys.readouterr().out == f"{path}: no line of it is marked /* expect: too-loud */\n"


@pytest.mark.parametrize("text", ["", RULE.replace("yield", "raise")])
def test_a_broken_rule_is_no_clean_result(
    rule: Rule, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    example(rule, "rmi_shout(1); /* expect: too-loud */")
    Path(rule.folder, "rule.py").write_text(text)
    assert main([str(Path(rule.folder).parent)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("linter.examples: ")
    assert told.err.count("\n") == 1

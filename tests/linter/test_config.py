"""`.rmilint.conf`: where it is looked for, what it may say, who wins."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from linter import config
from linter.cli import add_settings, parser
from linter.shell import Failure


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a git tree, with a home elsewhere."""
    place = tmp_path / "tree" / "arch"
    place.mkdir(parents=True)
    (tmp_path / "tree" / ".git").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return place


def options(text: str, *arguments: str, path: str = ".rmilint.conf") -> argparse.Namespace:
    """What a file and a command line come to."""
    Path(path).write_text(text)
    made = parser().parse_args(arguments)
    config.merge(made, config.read(path, add_settings))
    return made


# -- where ---------------------------------------------------------------------------


def test_the_nearest_file_counts(here: Path, tmp_path: Path) -> None:
    assert config.find() is None
    for folder in (tmp_path / "home", tmp_path / "tree"):
        (folder / config.NAME).write_text("")
        assert config.find() == str(folder / config.NAME)
    (here / config.NAME).write_text("")
    assert config.find() == config.NAME


def test_folders_between_and_above_do_not_count(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / config.NAME).write_text("")  # above the tree
    (here / config.NAME).write_text("")
    (here / "arm64").mkdir()
    monkeypatch.chdir(here / "arm64")  # arch/ is neither here nor the top
    assert config.find() is None


def test_without_tree_and_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOME")
    assert config.find() is None


def test_a_work_tree_has_a_file_for_git(here: Path, tmp_path: Path) -> None:
    (tmp_path / "tree" / ".git").rmdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "tree" / config.NAME).write_text("")
    assert config.find() == str(tmp_path / "tree" / config.NAME)


# -- what ----------------------------------------------------------------------------


def test_one_option_a_line(here: Path) -> None:
    made = options(
        "# ours\n\n--ignore one,two   # a reason\n  --ignore=three\n"
        '--baseline "known findings"\n--format json\n-v\n--color never\n--tree ../linux\n'
    )
    assert made.ignore == ["one,two", "three"]
    assert (made.baseline, made.tree) == ("known findings", "../linux")
    assert (made.format, made.verbose, made.color) == ("json", True, "never")


def test_paths_are_relative_to_the_file(here: Path, tmp_path: Path) -> None:
    top = tmp_path / "tree"
    made = options("--baseline known\n--tree /abs\n", path=str(top / config.NAME))
    assert (made.baseline, made.tree) == (str(top / "known"), "/abs")
    made = options("--baseline ~/known\n", path=str(top / config.NAME))
    assert made.baseline == str(tmp_path / "home" / "known")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--nonsense", "'--nonsense' is no option for this file"),
        ("series.mbox", "'series.mbox' is no option for this file"),
        ("--rules ../evil", "'--rules' is no option for this file"),
        ("--write-baseline x", "'--write-baseline' is no option for this file"),
        ("--git A..B", "'--git' is no option for this file"),
        ("--diff", "'--diff' is no option for this file"),
        ("--help", "'--help' is no option for this file"),
        ("--no-config", "'--no-config' is no option for this file"),
        ("--sel one", "'--sel' is no option for this file"),
        ("ignore = one", "'ignore' is no option for this file"),
        ("--format xml", "argument --format: invalid choice: 'xml'"),
        ("--baseline", "argument --baseline: expected one argument"),
        ('--ignore "one', "no closing quotation"),
        ("\x1b[2J", "'\\x1b[2J' is no option for this file"),
    ],
)
def test_a_bad_line_is_named(here: Path, line: str, said: str) -> None:
    with pytest.raises(Failure) as failure:
        options(f"# one\n\n{line}\n")
    text = str(failure.value)
    assert text.startswith(f".rmilint.conf:3: {said}")
    assert text.isprintable()


def test_rule_names_know_their_line(here: Path) -> None:
    Path(config.NAME).write_text("--select one, --select two\n\n--ignore three\n")
    found = config.read(config.NAME, add_settings)
    places = [("one", ".rmilint.conf:1"), ("two", ".rmilint.conf:1"), ("three", ".rmilint.conf:3")]
    assert found.names == places


# -- who wins ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "arguments", "select", "ignore"),
    [
        ("--ignore a", [], [], ["a"]),
        ("--ignore a", ["--ignore", "b"], [], ["a", "b"]),
        ("--select a", ["--ignore", "b"], ["a"], ["b"]),
        ("--select a\n--ignore b", ["--select", "b"], ["b"], []),
        ("--ignore b", ["--select", "b", "--ignore", "c"], ["b"], ["c"]),
    ],
)
def test_rules(
    here: Path, text: str, arguments: list[str], select: list[str], ignore: list[str]
) -> None:
    made = options(text, *arguments)
    assert (made.select, made.ignore) == (select, ignore)


def test_the_command_line_wins(here: Path) -> None:
    text = "--format json\n--baseline theirs\n--color never\n--tree theirs\n"
    made = options(text, "--format", "text", "--baseline", "mine", "--tree", "mine")
    assert (made.format, made.baseline, made.tree, made.color) == ("text", "mine", "mine", "never")

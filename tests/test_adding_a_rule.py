"""docs/adding-a-rule.md is as the project is: its files do what it says, its commands answer so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from operator import attrgetter
from pathlib import Path

import pytest

from linter.check import lint_files
from linter.examples import problems
from linter.source.unit import Unit
from linter.source.world import World
from replay.result import TraceResult
from replay.run import Options, run_path
from replay.watch import Watcher
from rules.registry import Rule, load

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
NAME = "stack-address"

_FILE = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = {  # as the page calls them -> without an installation
    ".venv/bin/python": [],
    ".venv/bin/rmilint": ["-c", "import sys; from linter.cli import main; sys.exit(main())"],
    ".venv/bin/replay": ["-c", "import sys; from replay.cli import main; sys.exit(main())"],
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the page."""
    folder = tmp_path_factory.mktemp("page")
    for path, text in _FILE.findall(PAGE):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def rule(here: Path) -> Rule:
    (rule,) = [rule for rule in load([str(here / "my")]) if rule.name == NAME]
    return rule


def test_the_page_has_all_files(here: Path) -> None:
    """Else the tests below would see nothing."""
    own = here / "my" / NAME
    assert {path.name for path in own.iterdir()} == {"rule.py", "README.md", "examples"}
    assert len(list(own.glob("examples/bad_*.c"))) == 2
    assert len(list(own.glob("examples/good_*.c"))) == 2
    assert {path.name for path in (here / "rules" / NAME).iterdir()} == {"watch.py", "examples"}


def test_its_rule_is_as_its_examples_say(rule: Rule) -> None:
    assert list(problems(rule)) == []


def test_it_finds_the_bad_ones_only(rule: Rule) -> None:
    """The same without marks, which the page could have wrong."""
    folder = Path(rule.folder, "examples")
    found = lint_files([str(folder)], [rule]).findings
    assert sorted(Path(f.path).name for f in found) == ["bad_field.c", "bad_params.c"]


@pytest.mark.parametrize(
    "what",
    [
        *("SEVERITY", "NEEDS", "TITLE", "WHY", "FIX", "EVIDENCE", "CATALOGUE", "WORDS", "DEFAULT"),
        *("PART", "FUNCTION", "LINE", "FILE", "SERIES"),
    ],
)
def test_every_constant_is_explained(what: str) -> None:
    assert re.search(rf"^\| [^|]*`{what}`", PAGE, re.MULTILINE)


def test_the_questions_of_the_page_can_be_asked(rule: Rule) -> None:
    path = Path(rule.folder, "examples", "good_params.c")
    world = World()
    unit = Unit(str(path), path.read_bytes(), world)
    facts = unit.functions[0].facts
    table = PAGE.partition("What rules ask most:")[2].partition("\n## ")[0]
    asked = re.findall(r"`facts\.(\w+(?:\.\w+)?)", table)
    assert len(asked) >= 9
    for question in asked:
        attrgetter(question)(facts)
    for module in re.findall(r"`(\w+\.py)`", table.replace("rules/", "")):
        assert (ROOT / "rules" / module).is_file()


def console() -> list[tuple[str, str]]:
    """(command, what it prints) of every session of the page."""
    found = []
    for block in _CONSOLE.findall(PAGE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_the_commands_answer_as_the_page_says(here: Path) -> None:
    readme = here / "my" / NAME / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.unlink()  # its author has not written it yet
    sessions = console()
    assert len(sessions) == 5
    for command, output in sessions:
        program, *arguments = command.split()
        if program == ".venv/bin/replay":
            continue  # it loads the watchers of the project alone: below
        done = subprocess.run(
            [sys.executable, *_COMMANDS[program], *arguments],
            cwd=here,
            env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(here)},
            capture_output=True,
            text=True,
        )
        assert (done.stdout, done.stderr) == (output, ""), command
        if "no README.md" in output:
            readme.write_text(text, encoding="utf-8")
    assert readme.exists()


# -- the trace half --------------------------------------------------------------


@pytest.fixture
def judged(here: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, TraceResult]:
    """What is seen in the example traces, by name."""
    folder = here / "rules" / NAME
    spec = spec_from_file_location("watch_of_the_page", folder / "watch.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    watcher = Watcher(NAME, "warning", module.Watch, module.Watch.COMMANDS)
    monkeypatch.setattr("replay.run.watchers", lambda: (watcher,))
    paths = sorted(folder.glob("examples/*.jsonl"))
    return {path.name: run_path(str(path), Options(every=True)) for path in paths}


def test_its_watcher_finds_the_bad_one_only(judged: dict[str, TraceResult]) -> None:
    assert sorted(judged) == ["bad_params.jsonl", "good_params.jsonl"]
    for name, result in judged.items():
        assert result.complete
        assert set(result.verdicts) == {"ok"}
        lines = [hazard.line for group in result.hazards for hazard in group.full]
        assert lines == ([2] if name.startswith("bad") else [])


def test_the_page_shows_what_replay_says(judged: dict[str, TraceResult]) -> None:
    (hazard,) = judged["bad_params.jsonl"].hazards[0].full
    (said,) = [output for command, output in console() if "replay" in command]
    assert hazard.message in " ".join(said.split())
    assert "bad_params.jsonl:2: warning: RMI_REALM_CREATE:\n" in said

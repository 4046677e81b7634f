"""Rules, tried on their own examples.

    python -m linter.examples [DIR ...]

DIR is a folder of rules, as `rmilint --rules` takes it; without one the project's own are
tried.  The examples of a rule are `examples/bad_*.c`, in which it must report, and
`examples/good_*.c`, in which it must not.  A line to be reported carries
`/* expect: rule-name */`, with a severity behind the name where it is not the rule's own;
nothing else may be reported.

Exit status: 0 all is as marked, 1 it is not, 2 a rule could not be loaded or run.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import rules
from linter.check import lint_files
from linter.plain import plain
from rules.registry import RuleError, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.registry import Rule

OWN = Path(rules.__file__).resolve().parent

_MARK = re.compile(r"/\* expect: (?P<rule>\S+)(?: (?P<severity>error|warning|info))? \*/")
_SLIP = re.compile(r"\*\s*expect|expect\w*\s*:")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def examples(rule: Rule) -> list[Path]:
    """The C files beside a rule."""
    return sorted(Path(rule.folder, "examples").glob("*.c"))


def problems(rule: Rule) -> Iterator[str]:
    """What is missing in a rule's folder or not as its examples say; one line each."""
    paths = examples(rule)
    for kind in ("bad", "good"):
        if not any(path.name.startswith(f"{kind}_") for path in paths):
            yield f"{rule.folder}/examples: no {kind}_*.c"
    if not Path(rule.folder, "README.md").is_file():
        yield f"{rule.folder}: no README.md, which --explain prints"
    for path in paths:
        yield from differences(rule, path)


def differences(rule: Rule, path: Path) -> Iterator[str]:
    """How what a rule says of an example differs from its marks: `path:line: what`."""
    source = path.read_text(encoding="utf-8", errors="surrogateescape")
    expected: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(source.split("\n"), 1):
        found = list(_MARK.finditer(line))
        # a mark with a slip in it would otherwise expect nothing
        if len(found) != len(_SLIP.findall(line)):
            yield f"{path}:{number}: odd mark; it is /* expect: {rule.name} */"
        for mark in found:
            if mark["rule"] == rule.name:
                expected[number, mark["severity"] or rule.severity] += 1
            else:
                yield f"{path}:{number}: marked for {mark['rule']}, but this is {rule.name}"
    kind = path.name.partition("_")[0]
    if kind not in ("bad", "good"):
        yield f"{path}: its name must begin with bad_ or good_"
    elif kind == "bad" and not expected:
        yield f"{path}: no line of it is marked /* expect: {rule.name} */"
    elif kind == "good" and expected:
        yield f"{path}: a good example has no marks"
    # without what we say of it: a mark or a comment must not hold the rule's words for the code
    bare = _COMMENT.sub(_blank, source)
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_text(bare, encoding="utf-8", errors="surrogateescape")
        report = lint_files([str(copy)], [rule])
    said = Counter((f.line, f.severity) for f in report.findings)
    for (number, severity), times in sorted((expected - said).items()):
        for _ in range(times):
            yield f"{path}:{number}: not reported as {severity}"
    if expected - said and not rule.wants(bare.encode("utf-8", "surrogateescape")):
        yield f"{path}: without its comments it has not a word of each group of WORDS"
    unmarked = said - expected
    for finding in report.findings:
        if unmarked[finding.line, finding.severity] > 0:
            unmarked[finding.line, finding.severity] -= 1
            yield f"{path}:{finding.line}: not marked: {finding.severity}: {finding.message}"
    for note in report.notes:
        yield f"{path}:{note.line}: {note.text}"


def _blank(comment: re.Match[str]) -> str:
    """Blanks in its place, so that every line keeps its number."""
    return "".join("\n" if c == "\n" else " " for c in comment[0])


def main(arguments: list[str]) -> int:
    if any(argument.startswith("-") for argument in arguments):
        print(__doc__)
        return 2
    folders = [Path(name) for name in arguments] or [OWN]
    number, status = 0, 0
    try:
        for rule in load([str(folder) for folder in folders if folder != OWN]):
            if Path(rule.folder).parent in folders:
                number += 1
                for problem in problems(rule):
                    print(plain(problem))
                    status = 1
    except (RuleError, OSError) as error:
        print(f"linter.examples: {plain(str(error))}", file=sys.stderr)
        return 2
    if not status:
        print(f"{number} {'rule' if number == 1 else 'rules'}: all as marked")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

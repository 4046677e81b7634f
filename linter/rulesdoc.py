"""docs/rules.md and docs/catalogue-map.md, made of the rules.

python -m linter.rulesdoc           writes both
python -m linter.rulesdoc --check   says which are not as the rules are
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rules.registry import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.registry import Rule

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
UNCOVERED = ROOT / "rules" / "uncovered.txt"

_NEEDS = {
    "line": "works on single lines",
    "part": "works on parts of functions",
    "function": "needs whole functions",
    "file": "needs whole files",
    "series": "looks at the series as a whole",
}

_RULES = """\
# The rules

Made of the rules by `python -m linter.rulesdoc`; do not edit. `rmilint --explain RULE`
prints more: what a rule does not catch, and the shapes it knows.

*error* is what reviewers upheld and what breaks something; *warning* what they raised
and fixed; *info* what has the shape but was accepted or is a matter of taste; *off* must
be selected. [catalogue-map.md](catalogue-map.md) lists the names of the hazards that the
rules were written for.
"""

_MAP = """\
# Which rule covers which hazard

Made of the rules and of `rules/uncovered.txt` by `python -m linter.rulesdoc`; do not edit.

Before the rules there were two catalogues of what reviewers wrote about "arm64: Support
for Arm CCA in KVM", one of versions 4 to 10, one of 12 to 14. A name of theirs stands in
the `CATALOGUE` of the rule that covers it, or here with the reason why no rule does.
"""

_MARK = re.compile(r"[ \t]*/\* expect: \S+(?: (?:error|warning|info))? \*/")


def pages() -> dict[Path, str]:
    """Path and text of each page."""
    rules = load()
    return {
        DOCS / "rules.md": rules_page(rules),
        DOCS / "catalogue-map.md": map_page(rules, uncovered(UNCOVERED)),
    }


# -- rules.md --------------------------------------------------------------------


def rules_page(rules: list[Rule]) -> str:
    lines = [_RULES, "| rule | severity | hazard |", "| --- | --- | --- |"]
    for rule in rules:
        lines.append(
            f"| [`{rule.name}`](#{rule.name}) | {_severity(rule)} | {_cell(_capital(rule.title))} |"
        )
    for rule in rules:
        lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.name}"
    yield ""
    yield f"{_sentence(rule.title)} *{_severity(rule)}*, {_NEEDS[rule.needs]}."
    yield ""
    yield _prose(rule.why)
    yield ""
    yield f"**Instead:** {_prose(rule.fix)}"
    pair = shortest_pair(rule)
    if pair is not None:
        for word, path in zip(("Reported", "Not reported"), pair, strict=True):
            yield ""
            yield f"{word}:"
            yield ""
            yield "```c"
            yield _shown(path)
            yield "```"
    if rule.evidence:
        yield ""
        yield "Evidence:"
        yield ""
        yield from (f"- {_prose(text)}" for text in rule.evidence)
    yield ""
    names = ", ".join(f"`{name}`" for name in rule.catalogue)
    more = f"[What it does not catch](../rules/{rule.name}/README.md#what-it-does-not-catch)"
    yield f"{more}; in the catalogues: {names}." if names else f"{more}."


def shortest_pair(rule: Rule) -> tuple[Path, Path] | None:
    """The bad example and its good twin that are read soonest."""
    folder = Path(rule.folder) / "examples"
    pairs = []
    for bad in sorted(folder.glob("bad_*.c")):
        good = bad.with_name("good_" + bad.name.removeprefix("bad_"))
        if good.exists():
            pairs.append((bad, good))
    return min(pairs, key=lambda pair: sum(_length(path) for path in pair), default=None)


def _length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _shown(path: Path) -> str:
    """An example with a mark a reader understands on the lines that are reported."""
    return _MARK.sub(" /* <-- */", path.read_text(encoding="utf-8")).strip()


def _severity(rule: Rule) -> str:
    return rule.severity if rule.default else f"{rule.severity}, off"


def _sentence(title: str) -> str:
    text = _capital(_prose(title))
    return text if text.endswith(".") else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _prose(text: str) -> str:
    """Text of a rule as Markdown: what stands in backticks as it is, the rest escaped."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:  # a backtick without a partner
        parts = [" ".join(text.split())]
    escaped = [re.sub(r"([\\*_<>\[\]])", r"\\\1", part) for part in parts[::2]]
    # an underscore inside a word is no emphasis
    escaped = [re.sub(r"(?<=\w)\\_(?=\w)", "_", part) for part in escaped]
    out = escaped[0]
    for code, after in zip(parts[1::2], escaped[1:], strict=True):
        out += f"`{code}`{after}"
    return out


def _cell(text: str) -> str:
    return _prose(text).replace("|", "\\|")


# -- catalogue-map.md ------------------------------------------------------------


def uncovered(path: Path) -> dict[str, str]:
    """The names that no rule covers, each with the reason; ValueError for a bad line."""
    reasons: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, _, reason = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if not reason.strip() or name in reasons:
            raise ValueError(f"{path}:{number}: {name} has no reason, or is here twice")
        reasons[name] = reason.strip()
    return reasons


def covering(rules: list[Rule]) -> dict[str, list[str]]:
    """The rules that cover a name."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for name in rule.catalogue:
            found.setdefault(name, []).append(rule.name)
    return found


def map_page(rules: list[Rule], reasons: dict[str, str]) -> str:
    covered = covering(rules)
    names = sorted({*covered, *reasons})
    head = f"{len(covered)} of {len(names)} names are covered, by {len(rules)} rules."
    lines = [_MAP, head, "", "| hazard | rule |", "| --- | --- |"]
    for name in names:
        by = ", ".join(f"[`{rule}`](rules.md#{rule})" for rule in covered.get(name, ()))
        lines.append(f"| `{name}` | {by or 'none: ' + _cell(reasons[name])} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    stale = 0
    for path, text in pages().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{path}: not as the rules are; run python -m linter.rulesdoc")
            stale = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path}: written")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

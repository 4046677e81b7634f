"""Puts a proposed diff into a text, as `patch` does with fuzz.

What reviewers propose is written in a mailer: tabs are blanks, lines of context are lost
or made up, and it is based on another state of the file.  So lines are compared without
their blanks, blank lines count for nothing, a hunk may stand elsewhere, and if need be its
outermost context is not looked at.  Added lines are taken as they are, all others from
the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.intake.patch import Hunk, Line

FUZZ = 3  # lines of context at either end that may differ
_POOR = 2  # a line of so few characters (a brace) tells nothing
_BUDGET = 200_000  # lines compared for one diff, besides some for each line of the text


class Misfit(Exception):
    """A hunk has no place in a text."""

    def __init__(self, hunk: Hunk) -> None:
        super().__init__(f"the lines of @@ -{hunk.old_start},{hunk.old_count} are not there")
        self.hunk = hunk


def put(text: str, hunks: list[Hunk], first: int = 1) -> str:
    """The text with the hunks applied; `first` is the 1-based line that it begins with.

    Of several places the one next to where the hunk says it is.  Raises Misfit.
    """
    lines = text.split("\n")
    kept = [(at, key) for at, line in enumerate(lines) if (key := _key(line))]
    keys = [key for _, key in kept]
    places: dict[str, list[int]] = {}
    for n, key in enumerate(keys):
        places.setdefault(key, []).append(n)
    budget = _BUDGET + 16 * len(lines)
    out: list[str] = []
    done = 0  # lines that are in `out` or gone
    begin = 0  # lines that say something, the same way
    drift = 0
    for hunk in hunks:
        for fuzz in range(FUZZ + 1):
            body = _trimmed(hunk.lines, fuzz)
            wanted = [_key(line.text) for line in body if line.kind != "+" and _key(line.text)]
            if not wanted or (fuzz and not _tells(body)):
                continue
            rare = min(range(len(wanted)), key=lambda n: len(places.get(wanted[n], ())))
            best: int | None = None
            for place in places.get(wanted[rare], ()):
                start = place - rare
                budget -= len(wanted)
                if budget < 0:
                    raise Misfit(hunk)
                if start < begin or keys[start : start + len(wanted)] != wanted:
                    continue
                goal = hunk.old_start - first + drift
                if best is None or abs(kept[start][0] - goal) < abs(kept[best][0] - goal):
                    best = start
            if best is not None:
                break
        else:
            raise Misfit(hunk)
        drift = kept[best][0] - (hunk.old_start - first)
        at = best
        for line in body:
            if line.kind == "+":
                out += lines[done : kept[at - 1][0] + 1] if at > best else lines[done : kept[at][0]]
                done = max(done, kept[at - 1][0] + 1 if at > best else kept[at][0])
                out.append(line.text)
            elif _key(line.text):
                here = kept[at][0]
                out += lines[done:here] if line.kind == "-" else lines[done : here + 1]
                done = here + 1
                at += 1
        begin = at
    return "\n".join(out + lines[done:])


def _trimmed(lines: list[Line], fuzz: int) -> list[Line]:
    """A hunk's lines without `fuzz` of its context at either end."""
    body = [line for line in lines if line.kind != " " or _key(line.text)]
    begin, end = 0, len(body)
    while begin < min(fuzz, end) and body[begin].kind == " ":
        begin += 1
    while end > max(begin, len(body) - fuzz) and body[end - 1].kind == " ":
        end -= 1
    return body[begin:end]


def _tells(body: list[Line]) -> bool:
    """Is enough left to know the place: a line that goes, or two that stay?"""
    said = [line.kind for line in body if line.kind != "+" and len(_key(line.text)) > _POOR]
    return "-" in said or len(said) > 1


def _key(text: str) -> str:
    return "".join(text.split())

"""Function-like macros of the patch: their text with the arguments in it, parsed where it is used.

A parameter is replaced wherever it stands, so an argument is evaluated as often
as the macro names it: C's own semantics.  Names in the result that are macros
too are expanded when they are met.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter.source.unit import Unit
from linter.witness.ctype import TYPEDEFS, basic
from linter.witness.outcome import Stop

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.declarations import Define
    from linter.source.world import World
    from linter.witness.index import Index

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\w+|##|#|\s+|[^\w\s]', re.S)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_LONE_NAME = re.compile(r"(\b\w+\s*|(?<=[\])])\s*)?\(\s*(\w+)\s*\)(?=\s*[-+*&](?!&))")
_BIG = 1 << 16  # characters of an expansion
_MANY = 2_000  # snippets that are kept
_HEAD = "void witness_snippet(void)\n{\n"


class Snippet(NamedTuple):
    """C text as a block of statements; `value` is its expression, if it is only one."""

    unit: Unit
    statements: list[Node]
    value: Node | None


class Snippets:
    def __init__(self, world: World, index: Index) -> None:
        self._world = world
        self._index = index
        self._known: dict[str, Snippet] = {}

    def __call__(self, source: str) -> Snippet:
        """Parses C text (cached); Stop if it is none."""
        found = self._known.get(source)
        if found is None:
            if len(source) > _BIG:
                raise Stop("a macro's expansion is too long")
            if len(self._known) >= _MANY:
                raise Stop("too many different macro expansions")
            found = self._known[source] = self._parse(source)
        return found

    def _parse(self, source: str) -> Snippet:
        source = _LONE_NAME.sub(self._bare, source)
        unit = Unit("", f"{_HEAD}{source}\n;}}\n".encode("utf-8", "surrogateescape"), self._world)
        body = unit.functions[0].node.child_by_field_name("body") if unit.functions else None
        if body is None or body.has_error or unit.tree.root_node.has_error:
            raise Stop(f"`{' '.join(source.split())[:80]}` could not be parsed")
        statements = [c for c in body.named_children if c.type != "comment"]
        while len(statements) > 1 and statements[-1].type == "expression_statement":
            if statements[-1].named_children:
                break
            statements.pop()  # the lone semicolon
        value = None
        if len(statements) == 1 and statements[0].type == "expression_statement":
            inner = [c for c in statements[0].named_children if c.type != "comment"]
            value = inner[0] if len(inner) == 1 else None
        return Snippet(unit, statements, value)

    def _bare(self, match: re.Match[str]) -> str:
        """`(x) & 1 + y` without the parentheses, which make the parser see a cast."""
        word, name = match[1], match[2]
        if word is not None and word.strip() != "return":
            return match[0]  # `f(x) & 1`, `if (x) *p = 1`
        if name in TYPEDEFS or name in self._index.typedefs or name.endswith("_t"):
            return match[0]  # `(u64) & x`
        if name == "void" or basic([name]) is not None:
            return match[0]
        return f"{word or ''} {name} "


class Template(NamedTuple):
    """A function-like macro as the patch has it; `rest` is the name of its variable arguments."""

    name: str
    params: tuple[str, ...]
    rest: str
    body: str


def template(unit: Unit, define: Define) -> Template:
    """Reads the macro from the source: the dialect has rewritten what the tree holds."""
    listed = define.node.child_by_field_name("parameters")
    value = define.node.child_by_field_name("value")
    names = unit.original(listed).strip()[1:-1].split(",") if listed is not None else []
    params = [name.strip() for name in names if name.strip()]
    rest = ""
    if params and params[-1].endswith("..."):
        rest = params.pop().removesuffix("...").strip() or "__VA_ARGS__"
    body = _COMMENT.sub(" ", unit.original(value)) if value is not None else ""
    return Template(define.name, tuple(params), rest, body.replace("\\\n", " \n").strip())


def expansion(macro: Template, args: list[str]) -> str:
    """The text of a function-like macro with its arguments, `#` and `##` done."""
    count = len(macro.params)
    if args == [""] and not count:
        args = []
    if len(args) < count or (len(args) > count and not macro.rest):
        raise Stop(f"{macro.name}() takes {count} arguments, not {len(args)}")
    given = dict(zip(macro.params, args, strict=False))
    if macro.rest:
        given[macro.rest] = ", ".join(args[count:])
    out: list[str] = []
    before = ""  # the part ahead, white space aside
    for part in _TOKEN.findall(macro.body):
        if part.isspace():
            if before != "##":
                out.append(" ")
            continue
        if part == "##":
            while out and out[-1].isspace():
                out.pop()
        elif part in given and before == "#":
            out[-1] = _quoted(given[part])
        elif part == macro.rest and before == "##" and not given[part].strip():
            if out and out[-1] == ",":
                out.pop()  # GNU: `, ##__VA_ARGS__` without arguments
        else:
            out.append(given.get(part, part))
        before = part
        if sum(map(len, out)) > _BIG and len(out) % 16 == 0:
            break
    result = "".join(out)
    if len(result) > _BIG:
        raise Stop(f"the expansion of {macro.name}() is too long")
    return result


def _quoted(source: str) -> str:
    inner = " ".join(source.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def arguments(source: str) -> list[str]:
    """The arguments of `(a, f(b, c))`, split at their own commas."""
    inner = source.strip()
    inner = inner[1:-1] if inner.startswith("(") and inner.endswith(")") else inner
    out, depth = [""], 0
    for part in _TOKEN.findall(inner):
        depth += (part in "([{") - (part in ")]}")
        if part == "," and depth == 0:
            out.append("")
        else:
            out[-1] += part
    return [a.strip() for a in out]

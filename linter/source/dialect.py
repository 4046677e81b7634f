"""Kernel C, rewritten into C that tree-sitter can read.

tree-sitter-c does not run the preprocessor, so it stumbles over the kernel's macros: attributes
(`__init`), loops (`for_each_x(a) {`), types as arguments (`container_of(p, struct s, m)`),
top-level declarations without semicolon.  `rewrite` replaces them by text of the same byte
length, newlines in place, so every offset, line and column of the tree is true for the source.

Two stages.  `rewrite` is one pass of one regular expression, knows its words and always runs, so
that a construct looks the same in every file.  What it does not know leaves a syntax error; only
then `repair` searches for a rewrite near the error.

Kinds of `Change`:

    attribute   blanked; name = the macro
    cleanup     `__free(kfree)` blanked; name = `kfree`
    loop        `for_each_x(a, b)` -> `while (h_x,a, b)`; name = `for_each_x`
    scope       `scoped_guard(m, &l)` -> `if (ed_guard,m, &l)`; name = the macro
    type        a type where an expression stands, made one identifier; name = the type or macro
    declare     `DEFINE_PER_CPU(t, n)` -> `t  n`, `DECLARE_BITMAP(n, b)` -> `DECLARE_BITMAP n[ b]`
    function    `SYSCALL_DEFINE2(n, int, a)` -> `SYSCALL_DEFINE2 n( int  a)`
    toplevel    a declaration macro without semicolon, blanked; name = the macro
    skipped     `TRACE_EVENT(...)`, `DEFINE_GUARD(...)`: statements as arguments, blanked
    comment     a comment inside a `#define` of several lines, blanked
    define      `#define A ` -> `#define A;`, `#define A(x...)` -> `#define A( ...)`
    range       `case A ... B` -> `case A  || B`
    asm         macro calls in an assembler template
    paren       `(a) && b` -> ` a  && b`
    statement, block, string, operator, directive, branch    only from `repair`, see there
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source import macros, words
from linter.source.edit import (
    CHAR,
    COMMENT,
    DIRECTIVE,
    LINE_COMMENT,
    STRING,
    Change,
    Edit,
    either,
    restore,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from tree_sitter import Parser, Tree

__all__ = ["Change", "Parsed", "Rewritten", "merge", "parse", "restore", "rewrite", "unparsed"]

BLANKED = ("branch", "skipped")  # kinds of change that hide code from the rules


class Rewritten(NamedTuple):
    """Text of the length of the source, and what was changed, by offset."""

    text: bytes
    changes: list[Change]


class Parsed(NamedTuple):
    """A tree over `source` (the rewritten text; offsets are those of the original)."""

    tree: Tree
    source: bytes
    changes: list[Change]


# What is looked at.  Every pattern begins with a literal, for then the search is one fast scan for
# a set of bytes; the empty group behind each says which one matched (`lastindex`).
_TABLE: tuple[tuple[Callable[[Edit, re.Match[bytes]], int] | None, tuple[bytes, ...]], ...] = (
    (None, (COMMENT, LINE_COMMENT, DIRECTIVE, STRING, CHAR)),
    (macros.underscored, (rb"_(?<!\w_)_\w+",)),
    (
        macros.attribute,
        (
            rb"asmlinkage\b",
            rb"no(?:instr|trace|kprobe_inline|inline\w*)\b",
            rb"randomized_struct_fields_\w+\b",
        ),
    ),
    (macros.loop, (rb"for(?:_\w+|each\w*)[ \t]*\(", rb"FOR_?EACH\w*[ \t]*\(")),
    (macros.top_line, (rb"\n(?=[A-Za-z_]\w*[ \t]*\()",)),
    (macros.scope, (rb"scoped_(?:cond_)?guard[ \t]*\(",)),
    (macros.type_of, (rb"typeof(?:_unqual|_member)?\b",)),
    (macros.call, tuple(rb"%s(?=[ \t]*\()" % word for word in words.TYPE_CALLS)),
    (macros.case, (rb"case\b(?:[^;:{}\"'?\n]|'(?:\\.|[^'\n])+'){0,80}?\.\.\.",)),
    (macros.assembler, (rb"asm(?:_volatile_goto|_inline)?\b",)),
    (macros.conjunction, (rb"&&(?=\s*[A-Za-z_(!])",)),
)
_HANDLERS = [None, *(handler for handler, patterns in _TABLE for _ in patterns)]
_SCAN = either(*(pattern + b"()" for _, patterns in _TABLE for pattern in patterns))


def rewrite(src: bytes) -> Rewritten:
    """The text with the kernel's macros replaced; what is not known is left as it is."""
    edit = Edit(src)
    done = macros.top(edit, 0)
    for m in _SCAN.finditer(src):
        handler = _HANDLERS[m.lastindex or 0]
        if handler is not None:
            if m.start() >= done:
                done = max(done, handler(edit, m))
        elif src[m.start()] in b"/#":
            edit.skipped[m.end()] = m.start()
            if src[m.start()] == 0x23 and m.start() >= done:  # '#'
                macros.directive(edit, m)
    edit.changes.sort()
    return Rewritten(bytes(edit.out), edit.changes)


_parser: Parser | None = None


def default_parser() -> Parser:
    """The parser for C, made once."""
    global _parser
    if _parser is None:
        from tree_sitter import Language, Parser

        _parser = Parser(Language(_grammar()))
    return _parser


def _grammar() -> object:
    """The grammar of C, without the package's `__init__`.

    That imports `importlib.resources` to find query files which nobody here
    asks for: a seventh of the time that one patch takes.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    package = PathFinder.find_spec("tree_sitter_c")
    binding = package and PathFinder.find_spec("_binding", package.submodule_search_locations)
    if binding is None or binding.loader is None:
        import tree_sitter_c

        return tree_sitter_c.language()
    module = module_from_spec(binding)
    binding.loader.exec_module(module)
    return module.language()


def parse(src: bytes, parser: Parser | None = None) -> Parsed:
    """The syntax tree of a kernel source file.  Never fails; see `unparsed` for what is missing."""
    parser = parser or default_parser()
    text, changes = rewrite(src)
    tree = parser.parse(text)
    if tree.root_node.has_error:
        from linter.source.repair import repair  # most files do not need it

        tree, text, changes = repair(src, text, changes, tree, parser)
    return Parsed(tree, text, changes)


def unparsed(parsed: Parsed) -> list[tuple[int, int]]:
    """The 1-based line ranges (both ends included) that no rule can have seen.

    They hold a syntax error, or code that was blanked.
    """
    spans: list[tuple[int, int]] = []
    stack = [parsed.tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            (first, _), (last, column) = node.start_point, node.end_point
            spans.append((first + 1, last + 1 if column or first == last else last))
        elif node.has_error:
            stack.extend(node.children)
    for change in parsed.changes:
        if change.kind in BLANKED:
            first = parsed.source.count(b"\n", 0, change.start) + 1
            spans.append((first, first + change.original.rstrip(b"\n").count(b"\n")))
    return merge(spans)


def merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Line ranges in order, those that touch joined."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged

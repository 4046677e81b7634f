"""Small questions to syntax nodes, and the macros that every reader of C must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex

if TYPE_CHECKING:
    from tree_sitter import Node

# Macros that give their first argument back as a truth value.
TRANSPARENT = frozenset({"likely", "unlikely"})
WARNS = frozenset(
    {
        "KVM_BUG_ON",
        "VM_BUG_ON",
        "VM_WARN_ON",
        "VM_WARN_ON_ONCE",
        "WARN",
        "WARN_ON",
        "WARN_ONCE",
        "WARN_ON_ONCE",
        "WARN_ON_RATELIMIT",
        "WARN_RATELIMIT",
        "WARN_TAINT",
        "WARN_TAINT_ONCE",
    }
)
# What the dialect leaves of `scoped_guard(`: a scope whose body always runs, once.
SCOPE = b"ed_guard"
# Calls that do not come back.
NORETURN = frozenset({"BUG", "BUILD_BUG", "panic", "unreachable", "__builtin_unreachable"})


# An RMI result is taken apart by RMI_RETURN_STATUS() and RMI_RETURN_INDEX(), which later
# headers call RMI_RESULT_STATUS() and RMI_RESULT_DATA_LEVEL().
_TAKEN_APART = regex(r"^RMI_RE(?:TURN|SULT|T|S)_")
_STATUS = regex(r"^RMI_RE(?:TURN|SULT|T|S)_(?:\w+_)?(?:STATUS|CODE)$")
_INDEX = regex(r"^RMI_RE(?:TURN|SULT|T|S)_(?:\w+_)?(?:INDEX|LEVEL)$")


def takes_apart(name: str) -> bool:
    """Does a macro of this name give a part of an RMI result?"""
    return bool(_TAKEN_APART.search(name))


def takes_status(name: str) -> bool:
    """Does a macro of this name give the status of an RMI result?"""
    return bool(_STATUS.search(name))


def takes_index(name: str) -> bool:
    """Does a macro of this name give the index of an RMI result: of ERROR_RTT, the level?"""
    return bool(_INDEX.search(name))


def callee(node: Node) -> str:
    """The name a call expression calls, '' if it is not a plain name."""
    function = node.child_by_field_name("function")
    if function is None or function.type != "identifier" or function.text is None:
        return ""
    return function.text.decode()


def arguments(node: Node) -> list[Node]:
    """The argument nodes of a call expression."""
    args = node.child_by_field_name("arguments")
    return [] if args is None else [a for a in args.named_children if a.type != "comment"]


def unwrap(node: Node) -> Node:
    """The expression inside any parentheses."""
    while node.type == "parenthesized_expression":
        inner = [c for c in node.named_children if c.type != "comment"]
        if len(inner) != 1 or inner[0].type == "compound_statement":
            break
        node = inner[0]
    return node

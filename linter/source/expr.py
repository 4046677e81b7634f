"""What one expression or declaration does: what it reads, writes and calls.

Names are *paths* in source spelling without blanks: `ret`, `rec->run`,
`regs.a0`, `*out_top`, `list[]` (any element).  A call `f(&x)` may write `x`,
so it is a definition of `x` with `how` 'out'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.nodes import WARNS, arguments, callee, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


# Function-like macros that only read their arguments, though they may take `&x`.
_READERS = frozenset({"sizeof", "typeof", "offsetof", "virt_to_phys", "__pa", "container_of"})
_PRINTER = regex(r"^(?:pr|dev|kvm|vcpu|netdev)_[a-z]+(?:_once|_ratelimited)?$|printk|^trace_")
_CONSTANT = regex(r"^-?\(?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\)?$|^[-~]?[A-Z_][A-Z0-9_]*$")
_TYPE = regex(r"^(?:__)?(?:[us](?:8|16|32|64)|[bl]e(?:16|32|64)|bool|\w+_t)$")
_ZERO = regex(r"^0+[uUlL]*$|^0[xX]0+[uUlL]*$")


class Call:
    """One call: `result` is the path its value goes to ('' if none).

    `warn` names a WARN macro directly around the call.  `bare` says that
    nothing looks at the value: a statement `f(x);` or `WARN_ON(f(x));`.
    """

    __slots__ = ("args", "bare", "name", "node", "result", "warn")

    def __init__(self, name: str, args: list[Node], node: Node) -> None:
        self.name = name
        self.args = args
        self.node = node
        self.result = ""
        self.warn = ""
        self.bare = False

    def out_args(self) -> list[tuple[int, str]]:
        """(index, path) of each argument `&path`."""
        out = []
        for index, arg in enumerate(self.args):
            path = address_of(arg)
            if path:
                out.append((index, path))
        return out

    def __repr__(self) -> str:
        return f"<call {self.name} line {self.node.start_point[0] + 1}>"


class Def(NamedTuple):
    """`name` gets a value.

    `how`: 'decl' (declared, not set), 'init', 'assign', 'update' (`+=`,
    `++`), 'out' (its address went into `call`), 'loop' (an iterator macro).
    `value` is the right-hand side where there is one.
    """

    name: str
    node: Node
    how: str
    value: Node | None = None
    call: Call | None = None


class Effects:
    """Reads, writes and calls of one point, each in order of evaluation."""

    __slots__ = ("calls", "defs", "uses")

    def __init__(self) -> None:
        self.uses: list[tuple[str, Node]] = []
        self.defs: list[Def] = []
        self.calls: list[Call] = []


def text(node: Node | None) -> str:
    """The source of a node, '' for none."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def squeeze(node: Node | None) -> str:
    """The source of a node without any white space."""
    return "".join(text(node).split())


def strip(node: Node) -> Node:
    """The expression without parentheses and casts."""
    while True:
        node = unwrap(node)
        value = _cast(node)
        if value is None:
            return node
        node = value


def _cast(node: Node) -> Node | None:
    """What a cast is applied to; `(u64)(x)` is a call to the parser."""
    if node.type == "cast_expression":
        return node.child_by_field_name("value")
    if node.type == "call_expression":
        function, args = node.child_by_field_name("function"), arguments(node)
        if function is not None and function.type == "parenthesized_expression":
            return args[0] if len(args) == 1 and _TYPE.match(text(unwrap(function))) else None
    return None


def path_of(node: Node) -> str:
    """The path a node names, '' if it is no plain lvalue."""
    node = unwrap(node)
    if node.type == "identifier":
        return text(node)
    if node.type == "field_expression":
        base = node.child_by_field_name("argument")
        field = node.child_by_field_name("field")
        operator = node.child_by_field_name("operator")
        inner = path_of(base) if base is not None else ""
        how = text(operator) or "."
        if how == "." and inner.startswith("*") and base is not None and unwrap(base) != base:
            inner, how = inner[1:], "->"  # `(*p).x`
        return f"{inner}{how}{text(field)}" if inner else ""
    if node.type == "pointer_expression" and text(node.child_by_field_name("operator")) == "*":
        base = node.child_by_field_name("argument")
        inner = path_of(base) if base is not None else ""
        return f"*{inner}" if inner else ""
    if node.type == "subscript_expression":
        base = node.child_by_field_name("argument")
        inner = path_of(base) if base is not None else ""
        return f"{inner}[]" if inner else ""
    return ""


def address_of(node: Node) -> str:
    """`x` for the expression `&x`, '' for any other."""
    node = strip(node)
    if node.type == "pointer_expression" and text(node.child_by_field_name("operator")) == "&":
        inner = node.child_by_field_name("argument")
        return path_of(inner) if inner is not None else ""
    return ""


def covers(written: str, read: str) -> bool:
    """Does writing the path `written` change what `read` gives?"""
    if written == read:
        return True
    name, base = written.lstrip("*"), read.lstrip("*")
    depth, stars = len(written) - len(name), len(read) - len(base)
    if name == base:
        return depth <= stars  # `p = x` changes `*p`
    if depth and (depth > 1 or base[len(name) : len(name) + 1] == "."):
        return False
    if written == f"{base}[]":
        return stars > 0  # `p[i]` may be `*p`
    return base.startswith(name) and base[len(name)] in ".-["


def constant(node: Node) -> str:
    """A constant in one spelling ('0' for NULL, false, RMI_SUCCESS), '' if it is none."""
    return spelling(squeeze(strip(node)))


def spelling(source: str) -> str:
    """The same for a text without white space."""
    if source in ("NULL", "false", "RMI_SUCCESS") or _ZERO.match(source):
        return "0"
    if source == "true":
        return "1"
    return source.replace("(", "").replace(")", "") if _CONSTANT.match(source) else ""


def effects(node: Node | None, iterators: frozenset[int] = frozenset()) -> Effects:
    """What evaluating `node` (an expression, declaration or return) does.

    `iterators` are the byte offsets at which the dialect put a loop header in
    place of a `for_each_x()` macro; there the first argument is written.
    """
    found = Effects()
    if node is not None:
        _visit(node, found, iterators)
    return found


def paths_in(node: Node | None) -> set[str]:
    """The paths that an expression reads."""
    return {path for path, _ in effects(node).uses}


def _visit(node: Node, out: Effects, iterators: frozenset[int]) -> Call | None:
    """Adds what `node` does; gives the call if the node's value is a call's."""
    kind = node.type
    if kind in ("identifier", "field_expression", "subscript_expression"):
        _read(node, out, iterators)
        return None
    if (value := _cast(node)) is not None:
        return _visit(value, out, iterators)
    if kind == "call_expression":
        return _call(node, out, iterators)
    if kind in ("expression_statement", "parenthesized_expression"):
        last = None
        for child in node.named_children:
            last = _visit(child, out, iterators)
        if kind == "expression_statement" and last is not None:
            last.bare = True
        return last
    if kind == "assignment_expression":
        return _assign(node, out, iterators)
    if kind == "update_expression":
        target = node.child_by_field_name("argument")
        while target is not None and target.type == "unary_expression":
            target = target.child_by_field_name("argument")  # `!n--` is parsed as `(!n)--`
        if target is not None:
            _visit(target, out, iterators)
            if path_of(target):
                out.defs.append(Def(path_of(target), target, "update"))
        return None
    if kind == "declaration":
        _declare(node, out, iterators)
        return None
    if kind == "pointer_expression":
        target = node.child_by_field_name("argument")
        if target is not None:
            if text(node.child_by_field_name("operator")) == "*":
                if path_of(node):
                    out.uses.append((path_of(node), node))
                _visit(target, out, iterators)
            elif path_of(target):
                _read_base(target, out, iterators)
            else:
                _visit(target, out, iterators)
        return None
    if kind == "gnu_asm_output_operand":
        target = node.child_by_field_name("value")
        if target is not None:
            if "+" in text(node.child_by_field_name("constraint")):
                _visit(target, out, iterators)
            else:
                _read_base(target, out, iterators)
            if path_of(target):
                out.defs.append(Def(path_of(target), target, "out"))
        return None
    if kind == "comma_expression" and node.start_byte in iterators:
        _iterate(node, out, iterators)
        return None
    if kind in ("sizeof_expression", "type_descriptor", "comment", "string_literal"):
        return None
    for child in node.named_children:
        _visit(child, out, iterators)
    return None


def _read(node: Node, out: Effects, iterators: frozenset[int]) -> None:
    path = path_of(node)
    if path:
        out.uses.append((path, node))
    _read_base(node, out, iterators)


def _read_base(node: Node, out: Effects, iterators: frozenset[int]) -> None:
    """Reads what must be read to find an lvalue: `a` and `i` of `a->b[i]`.

    Of `s.x` nothing: the struct as a whole is not read to find its member.
    """
    node = unwrap(node)
    base = node.child_by_field_name("argument")
    if base is not None:
        if node.type == "field_expression" and text(node.child_by_field_name("operator")) == ".":
            _read_base(base, out, iterators)
        else:
            _visit(base, out, iterators)
    index = node.child_by_field_name("index")
    if index is not None:
        _visit(index, out, iterators)


def _call(node: Node, out: Effects, iterators: frozenset[int]) -> Call:
    name = callee(node)
    function = node.child_by_field_name("function")
    if not name and function is not None:
        if function.type == "field_expression":
            name = path_of(function)
        _visit(function, out, iterators)
    args = arguments(node)
    call = Call(name, args, node)
    for index, arg in enumerate(args):
        inner = _visit(arg, out, iterators)
        if inner is not None and index == 0 and name in WARNS:
            inner.warn = name
            # the value is looked at only where the macro's own value is
            inner.bare = _is_statement(node)
    out.calls.append(call)
    if name not in _READERS and name not in WARNS and not prints(name):
        for _, path in call.out_args():
            out.defs.append(Def(path, node, "out", None, call))
    return call


def prints(name: str) -> bool:
    """Does a call of this name only print?  `pr_err("%pa", &pa)` reads `pa`."""
    return bool(_PRINTER.search(name))


def _is_statement(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    return parent is not None and parent.type == "expression_statement"


def _assign(node: Node, out: Effects, iterators: frozenset[int]) -> Call | None:
    left = node.child_by_field_name("left")
    right = node.child_by_field_name("right")
    operator = text(node.child_by_field_name("operator"))
    if left is None or right is None:
        return None
    call = _visit(right, out, iterators)
    path = path_of(left)
    if operator == "=":
        if left.type == "pointer_expression":
            target = left.child_by_field_name("argument")
            if target is not None:
                _visit(target, out, iterators)
        else:
            _read_base(left, out, iterators)
        how = "assign"
    else:
        _visit(left, out, iterators)
        how = "update"
    if path:
        out.defs.append(Def(path, left, how, right, call))
        if call is not None and how == "assign":
            call.result = path
    return None


def _declare(node: Node, out: Effects, iterators: frozenset[int]) -> None:
    static = any(
        c.type == "storage_class_specifier" and text(c) in ("static", "extern")
        for c in node.children
    )
    for declarator in node.children_by_field_name("declarator"):
        value = None
        target = declarator
        if declarator.type == "init_declarator":
            value = declarator.child_by_field_name("value")
            inner = declarator.child_by_field_name("declarator")
            if inner is None:
                continue
            target = inner
        name, aggregate = declared(target)
        if not name:
            continue
        if value is not None:
            call = _visit(value, out, iterators)
            if call is not None:
                call.result = name
            out.defs.append(Def(name, target, "init", value, call))
        elif not static and not aggregate:
            out.defs.append(Def(name, target, "decl"))


def declared(node: Node) -> tuple[str, bool]:
    """The name a declarator declares, and whether it is an array or function."""
    aggregate = False
    while node.type != "identifier":
        if node.type in ("array_declarator", "function_declarator"):
            aggregate = True
        inner = node.child_by_field_name("declarator")
        if inner is None:
            inner = next((c for c in node.named_children if "declarator" in c.type), None)
            if inner is None:
                inner = next((c for c in node.named_children if c.type == "identifier"), None)
        if inner is None:
            return "", aggregate
        node = inner
    return text(node), aggregate


def _iterate(node: Node, out: Effects, iterators: frozenset[int]) -> None:
    args = list(operands(node))[1:]
    for arg in args:
        _visit(arg, out, iterators)
    # for_each_x(pos, ...) writes pos; kvm_for_each_vcpu(i, vcpu, kvm) writes both
    for arg in args[: 2 if len(args) > 2 else 1]:
        path = path_of(arg)
        if path:
            out.defs.append(Def(path, arg, "loop"))


def operands(node: Node) -> Iterator[Node]:
    """What the commas of a comma expression join."""
    if node.type == "comma_expression":
        for side in ("left", "right"):
            child = node.child_by_field_name(side)
            if child is not None:
                yield from operands(child)
    else:
        yield node

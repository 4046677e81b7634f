"""One file (or hunk) as a rule sees it: functions, macros, comments, lines.

A unit is a file as it stands after one patch, or, where only the hunk is
known, a *fragment*.  Lines are always those of the file after the patch.
"""

from __future__ import annotations

import re
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import Finding, Related
from linter.lazy import regex
from linter.source import amend, declarations, dialect, fragment
from linter.source.expr import declared, text
from linter.source.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node, Tree

    from linter.finding import PatchRef
    from linter.source.amend import Amendment
    from linter.source.declarations import Define
    from linter.source.world import Summary, World

_CONTAINERS = frozenset(
    {
        "declaration_list",
        "linkage_specification",
        "preproc_elif",
        "preproc_elifdef",
        "preproc_else",
        "preproc_if",
        "preproc_ifdef",
    }
)
_OFTEN = frozenset(
    {
        "call_expression",
        "case_statement",
        "comment",
        "enumerator_list",
        "goto_statement",
        "labeled_statement",
        "preproc_def",
        "preproc_function_def",
        "struct_specifier",
        "subscript_expression",
        "union_specifier",
    }
)
_STATEMENT = regex(
    r"_statement$|declaration$|^(?:enumerator|function_definition|type_definition)$|^preproc_"
)
_BODY = regex(rb"#[ \t]*define[ \t]+\w+\((?:[^\n\\{]|\\.|\\\n)*\{")  # of a function-like macro
_SECTION = regex(r"(\w+)\s*\((?!.*\)\s*;)")


_PASTE = regex(rb"[ \t]*##[ \t]*")


class Param(NamedTuple):
    name: str
    type: str  # as written, without the name
    pointer: bool


class Function:
    """One function definition with its facts, made when first asked for.

    `shift` is what must be added to the rows of `node` since the function was
    parsed: a function that a later patch only moves is not parsed again.
    """

    __slots__ = (
        "_facts",
        "asked",
        "comment",
        "findings",
        "name",
        "node",
        "params",
        "path",
        "result",
        "shift",
        "source",
        "static",
        "summary",
        "unit",
    )

    def __init__(self, unit: Unit, node: Node, comment: str = "") -> None:
        self.unit = unit
        self.path = unit.path
        self.node = node
        self.comment = comment
        self.source = unit.original(node).encode("utf-8", "surrogateescape")
        self.name, self.params = _signature(node)
        self.result = text(node.child_by_field_name("type"))
        self.static = any(
            c.type == "storage_class_specifier" and c.text == b"static" for c in node.children
        )
        self.shift = 0
        self.summary: Summary | None = None
        self.asked: dict[str, Function | None] = {}
        self.findings: dict[str, list[Finding]] = {}
        self._facts: Facts | None = None

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            self._facts = Facts(self)
        return self._facts

    @property
    def world(self) -> World:
        return self.unit.world

    def param(self, name: str) -> Param | None:
        """The parameter of that name; unnamed ones (`void`) have none."""
        for param in self.params:
            if name and param.name == name:
                return param
        return None

    def type_of(self, name: str) -> str:
        """The declared type of a parameter or local, '' if it is not declared here."""
        param = self.param(name)
        if param is not None:
            return param.type
        for point in self.facts.points:
            node = point.node
            if node is not None and node.type == "declaration":
                for declarator in node.children_by_field_name("declarator"):
                    if declared(declarator)[0] == name:
                        return text(node.child_by_field_name("type"))
        return ""

    def line(self, node: Node) -> int:
        """The 1-based line of a node in the file after the patch."""
        return self.unit.line_of_row(node.start_point[0]) + self.shift

    @property
    def lines(self) -> range:
        """The lines the function covers."""
        first = self.line(self.node)
        return range(first, self.unit.line_of_row(self.node.end_point[0]) + self.shift + 1)

    def place(self, node: Node, what: str) -> Related:
        """A related place in this function."""
        return Related(self.path, self.line(node), what)

    def finding(
        self,
        node: Node,
        message: str,
        *,
        severity: str = "",
        related: Iterable[Related] = (),
        catalogue: tuple[str, ...] = (),
        edits: Iterable[Amendment] = (),
    ) -> Finding:
        """A finding at `node`; what is not given comes from the rule.

        `edits` (`linter.source.amend`) mend it; give them only where they are right for sure.
        """
        found = self.unit.finding(
            node, message, severity=severity, related=related, catalogue=catalogue, edits=edits
        )
        found.line += self.shift
        found.end = (found.end[0] + self.shift, found.end[1])
        found.edits = tuple(amend.moved(edit, self.shift) for edit in found.edits)
        found.function = self.name
        return found


class Macro(NamedTuple):
    """A function-like macro; `function` reads its body as a function."""

    name: str
    node: Node
    function: Function


class Unit:
    """A file after a patch, or a fragment of one.

    `source` is the text itself, `lines[row]` the file's line of each row (None
    for a whole file: row + 1), `added` the file lines that the patch adds.
    """

    def __init__(
        self,
        path: str,
        source: bytes,
        world: World,
        *,
        added: frozenset[int] = frozenset(),
        lines: list[int] | None = None,
        section: str = "",
    ) -> None:
        self.path = path
        self.source = source
        self.world = world
        self.added = added
        self.fragment = lines is not None
        self._lines = lines
        self.lead = 0  # columns that the repair puts before a fragment's first row
        self.editable = True  # False: the text is not the file's own, as in a macro's body
        self._text_lines: list[bytes] | None = None
        self.checked = True
        changes: list[dialect.Change]
        if lines is None:
            parsed = dialect.parse(source)
            self.tree, self.text, changes = parsed.tree, parsed.source, parsed.changes
            self.unparsed = dialect.unparsed(parsed)  # ranges of lines no rule has seen
            complete = None
        else:
            piece = fragment.parse(source, section)
            self.tree, self.text, changes = piece.tree, piece.source, piece.changes
            self.lead = len(piece.prefix)
            self.checked = piece.ok
            self.unparsed = [
                (self.line_of_row(first - 1), self.line_of_row(last - 1))
                for first, last in piece.unparsed()
            ]
            complete = piece.complete
        self.changes = changes
        self.iterators = frozenset(c.start + 7 for c in changes if c.kind == "loop")
        self.blocks = {c.start + 4: c.name for c in changes if c.kind == "block"}
        self.cleanups = {c.start: c.name for c in changes if c.kind == "cleanup"}
        self.functions: list[Function] = []
        self.parts: list[Function] = []  # functions of which the hunk shows only a part
        for node, comment in _definitions(self.tree.root_node, complete is not None):
            function = Function(self, node, comment)
            if complete is None or complete(node):
                self.functions.append(function)
            elif not node.has_error:
                if function.name in ("", "_"):  # the repair put a function around the lines
                    function.name = _section_name(section)
                self.parts.append(function)
        self._nodes: dict[str, list[tuple[int, Node]]] = {}  # with their number in source order
        self.patch: PatchRef | None = None  # of a fragment: the patch it is a part of
        self._macros: list[Macro] | None = None
        self._defines: dict[str, Define] | None = None
        self._structs: dict[str, Node] | None = None

    # -- lines -------------------------------------------------------------

    def line_of_row(self, row: int) -> int:
        """The file's 1-based line of a row of the parsed text."""
        if self._lines is None:
            return row + 1
        return self._lines[min(row, len(self._lines) - 1)] if self._lines else row + 1

    def line(self, node: Node) -> int:
        return self.line_of_row(node.start_point[0])

    def line_text(self, row: int) -> str:
        """The source line at a row of the parsed text, as the patch has it."""
        rows = self.rows
        if row >= len(rows):
            return ""
        return rows[row].decode("utf-8", "surrogateescape").rstrip("\r")

    @property
    def rows(self) -> list[bytes]:
        """The source lines as the patch has them."""
        if self._text_lines is None:
            self._text_lines = self.source.split(b"\n")
        return self._text_lines

    def original(self, node: Node) -> str:
        """The text of a node as the patch has it: `node.text` may have been rewritten."""
        start = max(node.start_byte - self.lead, 0)
        return self.source[start : node.end_byte - self.lead].decode("utf-8", "surrogateescape")

    # -- parts -------------------------------------------------------------

    def function_at(self, line: int) -> Function | None:
        """The function that covers a line of the file."""
        for function in self.functions:
            if line in function.lines:
                return function
        return None

    @property
    def macros(self) -> list[Macro]:
        """The function-like macros that have a body."""
        if self._macros is None:
            self._macros = list(_macros(self))
        return self._macros

    @property
    def defines(self) -> dict[str, Define]:
        """Every macro, by name."""
        if self._defines is None:
            self._defines = declarations.defines(self)
        return self._defines

    @property
    def structs(self) -> dict[str, Node]:
        """The structs and unions that are laid out here, by tag."""
        if self._structs is None:
            self._structs = declarations.structs(self)
        return self._structs

    def nodes(self, *types: str) -> Iterator[Node]:
        """Every node of the given types, in source order."""
        missing = [kind for kind in types if kind not in self._nodes]
        if missing:
            # one walk for what rules ask of nearly every file; to keep all nodes costs too much
            self._nodes.update(_by_type(self.tree, {*missing, *_OFTEN} - self._nodes.keys()))
        found = (self._nodes[kind] for kind in types)
        yield from (node for _, node in merge(*found, key=itemgetter(0)))

    def finding(
        self,
        node: Node,
        message: str,
        *,
        severity: str = "",
        related: Iterable[Related] = (),
        catalogue: tuple[str, ...] = (),
        edits: Iterable[Amendment] = (),
    ) -> Finding:
        """A finding at `node`; rule, severity and texts are filled by the checker."""
        row, column = node.start_point
        end_row, end_column = node.end_point
        if end_row > row and end_column == 0:  # a #define has its newline, not the line below
            end_row -= 1
            end_column = len(self.rows[end_row])
        lead = self.lead if row == 0 else 0
        end_lead = self.lead if end_row == 0 else 0
        found = Finding(
            "",
            severity,
            self.path,
            self.line_of_row(row),
            max(column - lead, 0) + 1,
            (self.line_of_row(end_row), max(end_column - end_lead, 0) + 1),
            message,
        )
        found.line_text = self.line_text(row)
        found.related = tuple(related)
        found.edits = amend.resolve(edits, self)
        found.fragment = self.fragment
        found.patch = found.introduced_in = self.patch
        found.catalogue = catalogue
        found.fingerprint = statement_text(node)
        return found


def _by_type(tree: Tree, types: set[str]) -> dict[str, list[tuple[int, Node]]]:
    """The nodes of these types, each with how many nodes come before it."""
    found: dict[str, list[tuple[int, Node]]] = {kind: [] for kind in types}
    cursor, number = tree.walk(), 0
    while True:
        node = cursor.node
        if node is not None and (kind := node.type) in found:
            found[kind].append((number, node))
        number += 1
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return found


def statement_text(node: Node) -> str:
    """The statement around a node, white space folded: what a fingerprint keeps.

    Of a compound statement only the head counts, so that a change inside a
    loop's body does not make a new finding of an old one.
    """
    while not _STATEMENT.search(node.type):
        above = node.parent
        if above is None or above.parent is None:  # the whole file says nothing
            break
        node = above
    body = node.child_by_field_name("body") or node.child_by_field_name("consequence")
    source = node.text or b""
    if body is not None:
        source = source[: body.start_byte - node.start_byte]
    return " ".join(source.decode("utf-8", "replace").split())


def _definitions(root: Node, repaired: bool) -> Iterator[tuple[Node, str]]:
    """Function definitions and the comment right before each.

    A repaired fragment may hold them inside the function the repair wrapped
    around it; a whole file has them at the top or inside `#if` only.
    """
    previous = None
    for node in root.children:
        if node.type == "function_definition":
            comment = text(previous) if previous is not None else ""
            yield node, comment
            if repaired and (body := node.child_by_field_name("body")) is not None:
                yield from _definitions(body, repaired)
        elif node.type in _CONTAINERS:
            yield from _definitions(node, repaired)
        previous = node if node.type == "comment" else None


def _section_name(section: str) -> str:
    """The function that git names behind the second @@, '' if it names none."""
    match = _SECTION.search(section)
    return match[1] if match else ""


def _signature(node: Node) -> tuple[str, list[Param]]:
    declarator = None
    at = node.child_by_field_name("declarator")
    while at is not None:
        if at.type == "function_declarator":
            declarator = at  # the innermost: `int (*f(int a))(int b)` takes `a`
        inner = at.child_by_field_name("declarator")
        at = inner or next((c for c in at.named_children if "declarator" in c.type), None)
    if declarator is None:
        return "", []
    name, _ = declared(declarator)
    params = []
    parameters = declarator.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else []:
        if child.type == "parameter_declaration":
            inner = child.child_by_field_name("declarator")
            abstract = inner is None or inner.type.startswith("abstract")
            spelt = "" if inner is None or abstract else declared(inner)[0]
            # of the declarator only what stands before the name belongs to the type
            kind = text(child)
            if inner is not None and spelt:
                start = inner.start_byte - child.start_byte
                ahead = re.match(rf"\W*(?:const\W+)*?(?={spelt}\b)", text(inner))
                kind = kind[:start] + (ahead[0] if ahead else "")
            pointer = inner is not None and (
                inner.type in ("pointer_declarator", "array_declarator")
            )
            params.append(Param(spelt, kind.strip(), pointer))
    return name, params


def _macros(unit: Unit) -> Iterator[Macro]:
    """Reads macro bodies as functions: `do { ... } while (...)` is code too."""
    if not _BODY.search(unit.text):
        return
    for node in unit.nodes("preproc_function_def"):
        name = text(node.child_by_field_name("name"))
        value = node.child_by_field_name("value")
        if not name or value is None or value.text is None or b"{" not in value.text:
            continue
        body = value.text.replace(b"\\\n", b" \n")
        body = _PASTE.sub(lambda m: b"_" * len(m[0]), body).replace(b"#", b" ")
        first = value.start_point[0]
        lines = [unit.line_of_row(first + n) for n in range(body.count(b"\n") + 1)]
        head = b"void " + name.encode() + b"(void)\n{\n"
        inner = Unit(
            unit.path,
            head + b" " * value.start_point[1] + body + b";\n}\n",
            unit.world,
            added=unit.added,
            lines=[lines[0]] * 2 + lines + [lines[-1]] * 2,
        )
        # a finding quotes the file, not what was made of it
        inner.fragment = unit.fragment
        inner.editable = False  # every line of it needs its backslash
        source = unit.source.split(b"\n")[first : first + len(lines)]
        inner._text_lines = [source[0]] * 2 + source + [source[-1]] * 2
        for function in inner.functions:
            if function.name == name:
                yield Macro(name, node, function)

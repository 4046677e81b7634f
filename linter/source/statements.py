"""From the statements of a function to its flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from linter.lazy import regex
from linter.source.flow import NO_CASE, Edge, Flow, Outcome, Point
from linter.source.nodes import NORETURN, SCOPE, TRANSPARENT, WARNS, arguments, callee, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

_ZERO = regex(rb"0(?:[xX]?0+)?[uUlL]*")

Ends: TypeAlias = "list[tuple[Point, Outcome]]"


class _Builder:
    """Walks statements; `ends` are the edges that wait for the next point."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.labels: dict[str, Point] = {}
        self.breaks: list[Ends] = []
        self.continues: list[Point] = []
        self.switches: list[tuple[Point, list[str]]] = []

    def function(self, definition: Node) -> None:
        body = definition.child_by_field_name("body")
        ends: Ends = [(self.flow.entry, None)]
        if body is not None:
            ends = self.statement(body, ends)
        self.join(ends, self.flow.exit)
        for label in self.labels.values():
            if label.node is None:  # of a macro's caller
                self.join([(label, None)], self.flow.exit)

    def join(self, ends: Ends, target: Point) -> None:
        for point, when in ends:
            point.edges.append(Edge(target, when))

    def add(self, kind: str, node: Node | None, ends: Ends, warn: str = "") -> Point:
        point = self.flow.point(kind, node, warn)
        self.join(ends, point)
        return point

    def step(self, kind: str, node: Node, ends: Ends) -> Ends:
        return [(self.add(kind, node, ends), None)]

    # -- conditions --------------------------------------------------------

    def condition(self, node: Node, ends: Ends, warn: str = "") -> tuple[Ends, Ends]:
        """Points for a condition: (edges taken when true, when false)."""
        node = unwrap(node)
        if node.type == "unary_expression":
            operator = node.child_by_field_name("operator")
            argument = node.child_by_field_name("argument")
            if operator is not None and operator.type == "!" and argument is not None:
                true, false = self.condition(argument, ends, warn)
                return false, true
        elif node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            left = node.child_by_field_name("left")
            right = node.child_by_field_name("right")
            if left is not None and right is not None and operator is not None:
                if operator.type == "&&":
                    true, false = self.condition(left, ends, warn)
                    true, more = self.condition(right, true, warn)
                    return true, false + more
                if operator.type == "||":
                    true, false = self.condition(left, ends, warn)
                    more, false = self.condition(right, false, warn)
                    return true + more, false
        elif node.type == "call_expression":
            name = callee(node)
            args = arguments(node)
            if args and (name in TRANSPARENT or name in WARNS):
                return self.condition(args[0], ends, name if name in WARNS else warn)
        elif node.type == "comma_expression" and (node.text or b"").startswith(SCOPE + b","):
            return [(self.add("step", node, ends), None)], []
        elif node.type in ("number_literal", "true", "false"):
            # `while (1)`: the other way is never taken
            zero = node.text == b"false" or _ZERO.fullmatch(node.text or b"") is not None
            point = self.add("join", node, ends)
            return ([], [(point, None)]) if zero else ([(point, None)], [])
        point = self.add("cond", node, ends, warn)
        return [(point, True)], [(point, False)]

    # -- statements --------------------------------------------------------

    def statements(self, nodes: Iterable[Node], ends: Ends) -> Ends:
        for node in nodes:
            ends = self.statement(node, ends)
        return ends

    def statement(self, node: Node, ends: Ends) -> Ends:
        kind = node.type
        handler = _HANDLERS.get(kind)
        if handler is not None:
            return handler(self, node, ends)
        if not node.is_named or kind == "comment" or kind.startswith("preproc_"):
            return ends
        return self.step("step", node, ends)

    def compound(self, node: Node, ends: Ends) -> Ends:
        return self.statements(node.children, ends)

    def expression(self, node: Node, ends: Ends) -> Ends:
        inner = [c for c in node.named_children if c.type != "comment"]
        if not inner:
            return ends
        call = unwrap(inner[0])
        if call.type == "call_expression":
            name = callee(call)
            if name in NORETURN:
                self.join([(self.add("step", node, ends), None)], self.flow.dead)
                return []
            args = arguments(call)
            if name == "BUG_ON" and args:
                true, false = self.condition(args[0], ends)
                self.join(true, self.flow.dead)
                return false
        return self.step("step", node, ends)

    def if_(self, node: Node, ends: Ends) -> Ends:
        condition = node.child_by_field_name("condition")
        consequence = node.child_by_field_name("consequence")
        alternative = node.child_by_field_name("alternative")
        if condition is None:
            return self.step("step", node, ends)
        true, false = self.condition(condition, ends)
        if consequence is not None:
            true = self.statement(consequence, true)
        if alternative is not None:
            false = self.statements(alternative.named_children, false)
        return true + false

    def while_(self, node: Node, ends: Ends) -> Ends:
        head = self.add("join", node, ends)
        condition = node.child_by_field_name("condition")
        if condition is None:
            return [(head, None)]
        true, false = self.condition(condition, [(head, None)])
        return false + self.loop_body(node, true, head)

    def loop_body(self, node: Node, ends: Ends, again: Point) -> Ends:
        """A loop's body; gives the edges of its `break`s."""
        self.breaks.append([])
        self.continues.append(again)
        body = node.child_by_field_name("body")
        if body is not None:
            ends = self.statement(body, ends)
        self.join(ends, again)
        self.continues.pop()
        return self.breaks.pop()

    def do_(self, node: Node, ends: Ends) -> Ends:
        head = self.add("join", node, ends)
        test = self.flow.point("join", node)
        out = self.loop_body(node, [(head, None)], test)
        condition = node.child_by_field_name("condition")
        if condition is None:
            return [*out, (test, None)]
        true, false = self.condition(condition, [(test, None)])
        self.join(true, head)
        return out + false

    def for_(self, node: Node, ends: Ends) -> Ends:
        first = node.child_by_field_name("initializer")
        if first is not None:
            ends = self.statement(first, ends)
        head = self.add("join", node, ends)
        condition = node.child_by_field_name("condition")
        true: Ends = [(head, None)]
        false: Ends = []
        if condition is not None:
            true, false = self.condition(condition, true)
        update = node.child_by_field_name("update")
        again = head
        if update is not None:
            again = self.flow.point("step", update)
            self.join([(again, None)], head)
        return false + self.loop_body(node, true, again)

    def switch(self, node: Node, ends: Ends) -> Ends:
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("body")
        point = self.add("switch", condition or node, ends)
        labels: list[str] = []
        self.breaks.append([])
        self.switches.append((point, labels))
        ends = self.statement(body, []) if body is not None else []
        self.switches.pop()
        if "default" not in labels:
            ends = [*ends, (point, NO_CASE)]
        return ends + self.breaks.pop()

    def case(self, node: Node, ends: Ends) -> Ends:
        value = node.child_by_field_name("value")
        if self.switches:
            point, labels = self.switches[-1]
            label = "default" if value is None else (value.text or b"").decode()
            labels.append(label)
            ends = [*ends, (point, label)]
        body = [c for c in node.children if c.is_named and c != value]
        return self.statements(body, ends)

    def label(self, node: Node, ends: Ends) -> Ends:
        name = node.child_by_field_name("label")
        key = (name.text or b"").decode() if name is not None else ""
        point = self.label_point(key)
        point.node = node
        self.join(ends, point)
        rest = [c for c in node.named_children if c != name]
        return self.statements(rest, [(point, None)])

    def label_point(self, name: str) -> Point:
        point = self.labels.get(name)
        if point is None:
            point = self.labels[name] = self.flow.point("join", None)
        return point

    def goto(self, node: Node, ends: Ends) -> Ends:
        point = self.add("goto", node, ends)
        label = node.child_by_field_name("label")
        if label is not None and label.text is not None:
            self.join([(point, None)], self.label_point(label.text.decode()))
        return []

    def break_(self, node: Node, ends: Ends) -> Ends:
        out = (self.add("goto", node, ends), None)
        if self.breaks:
            self.breaks[-1].append(out)
        else:  # a macro in a loop of its caller
            self.join([out], self.flow.exit)
        return []

    def continue_(self, node: Node, ends: Ends) -> Ends:
        again = self.continues[-1] if self.continues else self.flow.exit
        self.join([(self.add("goto", node, ends), None)], again)
        return []

    def return_(self, node: Node, ends: Ends) -> Ends:
        self.join([(self.add("return", node, ends), None)], self.flow.exit)
        return []

    def preprocessor(self, node: Node, ends: Ends) -> Ends:
        """`#if A ... #else ... #endif`: either branch may be the compiled one."""
        fork = self.add("join", node, ends)
        skip = [
            node.child_by_field_name("name"),
            node.child_by_field_name("condition"),
            other := node.child_by_field_name("alternative"),
        ]
        body = [c for c in node.named_children if c not in skip]
        out = self.statements(body, [(fork, None)])
        return out + (self.statement(other, [(fork, None)]) if other else [(fork, None)])


_HANDLERS: dict[str, Callable[[_Builder, Node, Ends], Ends]] = {
    "break_statement": _Builder.break_,
    "case_statement": _Builder.case,
    "compound_statement": _Builder.compound,
    "continue_statement": _Builder.continue_,
    "do_statement": _Builder.do_,
    "expression_statement": _Builder.expression,
    "for_statement": _Builder.for_,
    "goto_statement": _Builder.goto,
    "if_statement": _Builder.if_,
    "labeled_statement": _Builder.label,
    "preproc_elif": _Builder.preprocessor,
    "preproc_elifdef": _Builder.preprocessor,
    "preproc_else": _Builder.compound,
    "preproc_if": _Builder.preprocessor,
    "preproc_ifdef": _Builder.preprocessor,
    "return_statement": _Builder.return_,
    "switch_statement": _Builder.switch,
    "while_statement": _Builder.while_,
}


def build(definition: Node) -> Flow:
    """The flow of a `function_definition` node."""
    flow = Flow()
    _Builder(flow).function(definition)
    for point in flow.points:
        for edge in point.edges:
            edge.target.preds.append(point)
    return flow

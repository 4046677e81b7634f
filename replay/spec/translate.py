"""Expressions of the tables to Python.

A condition over something that does not exist is ill formed, and false.  So
whatever may be missing becomes a guard that is asked before the expression: a
`let` that is None, a function that may answer None, a division by zero, a
shift by an absurd width, the smallest of nothing.  All guards of an expression
must hold, also those from a branch that would not have been taken: what a
condition names has to exist.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from replay.spec.expr import ExprError

# The widest shift: what a field of eight bits can ask for.
SHIFTS = 256


@dataclass(frozen=True)
class Function:
    """A function that expressions may call.

    `code` is its Python: a template over {0}.. where the call is written out, else
    what stands before the bracket.  It takes `least` to `most` arguments (None: any
    number), the model not counted; `partial`: it may answer None.
    """

    code: str
    least: int
    most: int | None
    partial: bool = False


# Asked often, so they are the model's own or written out.
BUILT_IN: Mapping[str, Function] = {
    "gstate": Function("m.gstate({0})", 1, 1, partial=True),
    "gpt": Function("m.gpt({0})", 1, 1, partial=True),
    "ns_access": Function("m.ns_access({0})", 1, 1, partial=True),
    "delegable": Function("m.delegable({0})", 1, 1),
    "granule_aligned": Function("not {0} & m.offset_mask", 1, 1),
    "is_granule": Function("m.gstate({0}) == {1}", 2, 2),
    "any": Function("any({0})", 1, 1),
    "all": Function("all({0})", 1, 1),
    "len": Function("len({0})", 1, 1),
    "min": Function("min", 1, None),
    "max": Function("max", 1, None),
}


# Names that the generated functions use themselves.
RESERVED = frozenset({"m", "x", "v", "h", "held", "impl", *BUILT_IN})


@dataclass(frozen=True)
class Scope:
    """What an expression may name: `lets` says of each whether it may be None."""

    inputs: frozenset[str]
    lets: Mapping[str, bool]
    constants: frozenset[str]
    functions: Mapping[str, Function]


@dataclass
class Guards:
    """What must hold before some expressions may be evaluated, and the names that asking gave."""

    tests: list[ast.expr] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)  # Python of a test's subject -> its name

    def code(self, since: int) -> str:
        """Python of the tests that came after the first `since`."""
        return ast.unparse(_all(self.tests[since:]))


class Translator:
    """Expressions of one command to Python.  Names given to guards differ all over it.

    (They have different types; a checker of the generated code would mind.)
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._counted = 0

    def test(self, tree: ast.expr, guards: Guards) -> str:
        """Python that is true where the expression is well formed and true."""
        done = self._translate(tree, guards)
        while _is_not(done) and _is_not(done.operand):
            done = done.operand.operand  # only its truth counts here
        return ast.unparse(_all([*guards.tests, done]))

    def value(self, tree: ast.expr, guards: Guards) -> str:
        """Python of the expression; `guards` grow by what must hold before."""
        return ast.unparse(self._translate(tree, guards))

    def let(self, tree: ast.expr, given: Guards) -> tuple[str, bool]:
        """Python of a `let`, None if ill formed; and whether it may be None.

        What `given` asks is known to hold where it is computed.
        """
        guards = Guards(known=dict(given.known))
        pass_on = isinstance(tree, ast.Call) and self._function(tree).partial
        done = self._translate(tree, guards, pass_on=pass_on)
        if guards.tests:
            done = ast.IfExp(_all(guards.tests), done, ast.Constant(None))
        return ast.unparse(done), bool(guards.tests) or pass_on or self._may_be_none(tree)

    def _may_be_none(self, tree: ast.expr) -> bool:
        if isinstance(tree, ast.IfExp):
            return self._may_be_none(tree.body) or self._may_be_none(tree.orelse)
        if isinstance(tree, ast.BoolOp):
            return any(map(self._may_be_none, tree.values))
        if isinstance(tree, ast.Attribute):
            return not (isinstance(tree.value, ast.Name) and tree.value.id == "impl")
        return isinstance(tree, ast.Subscript)

    def _translate(self, tree: ast.expr, guards: Guards, *, pass_on: bool = False) -> ast.expr:
        work = _Translation(self, guards)
        done = copy.deepcopy(tree)
        if pass_on:
            assert isinstance(done, ast.Call)
            return work.call(done)
        result = work.visit(done)
        assert isinstance(result, ast.expr)
        return result

    def _function(self, call: ast.Call) -> Function:
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        function = BUILT_IN.get(name) or self.scope.functions.get(name)
        if function is None:
            raise ExprError(call.col_offset, f"no such function: {name}")
        count = len(call.args)
        if count < function.least or (function.most is not None and count > function.most):
            raise ExprError(
                call.col_offset, f"{name}: expected {_arguments(function)}; found {count}"
            )
        return function

    def fresh(self) -> str:
        self._counted += 1
        return f"g{self._counted - 1}"


class _Translation(ast.NodeTransformer):
    """One expression; works on a copy, whose nodes keep their columns for errors."""

    def __init__(self, of: Translator, guards: Guards) -> None:
        self.of = of
        self.guards = guards
        self.bound: list[str] = []  # by the comprehensions around
        self.compared: set[int] = set()  # operands of == and the like, which may be None

    def visit_Name(self, node: ast.Name) -> ast.AST:
        scope, name = self.of.scope, node.id
        if name in self.bound or name in scope.inputs:
            return node
        if name in scope.lets:
            if scope.lets[name]:
                self._guard(_is_something(node), name)
            return node
        if name == "impl":
            return _python("m.traits")
        if name in scope.constants:
            return _python(f"v.{name}")
        raise ExprError(node.col_offset, f"no such name: {name}")

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if all(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops):
            self.compared |= {id(operand) for operand in (node.left, *node.comparators)}
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        partial = self.of._function(node).partial
        where, compared = node.col_offset, id(node) in self.compared
        loose = self._loose(node)
        done = self.call(node)
        if not partial:
            return done
        if not loose:
            return self._named(done, _is_something)
        if not compared:
            raise ExprError(
                where, "what may not exist can only be compared (== != in) inside of a `for`"
            )
        return done

    def call(self, node: ast.Call) -> ast.expr:
        """A call as it is, without a guard of its own result."""
        function = self.of._function(node)
        assert isinstance(node.func, ast.Name)
        loose = self._loose(node)
        if node.func.id in ("any", "all") and isinstance(node.args[0], ast.GeneratorExp):
            args: list[ast.expr] = [self._comprehension(node.args[0])]
        else:
            args = [self.visit(a) for a in node.args]
            if node.func.id in ("min", "max") and len(args) == 1:
                if loose:
                    raise ExprError(node.col_offset, "a `for` binds what this is asked of")
                args = [self._named(args[0], _is_not_empty)]
        if "{0}" not in function.code:
            model = [] if node.func.id in BUILT_IN else [ast.Name("m", ast.Load())]
            return ast.Call(_python(function.code), [*model, *args], [])
        return _fill(function.code, args)

    def _comprehension(self, node: ast.GeneratorExp) -> ast.GeneratorExp:
        depth = len(self.bound)
        scope = self.of.scope
        for part in node.generators:
            part.iter = self.visit(part.iter)
            assert isinstance(part.target, ast.Name)
            name = part.target.id
            taken = name in self.bound or name in scope.inputs or name in scope.lets
            if taken or name in scope.constants or name in RESERVED:
                raise ExprError(part.target.col_offset, f"{name} has a meaning already")
            self.bound.append(name)
            part.ifs = [self.visit(test) for test in part.ifs]
        node.elt = self.visit(node.elt)
        del self.bound[depth:]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if not isinstance(node.op, ast.Mod | ast.FloorDiv | ast.LShift | ast.RShift):
            return self.generic_visit(node)
        shift = isinstance(node.op, ast.LShift | ast.RShift)
        by = node.right
        if isinstance(by, ast.Constant):
            assert isinstance(by.value, int)
            if not (0 <= by.value < SHIFTS if shift else by.value):
                raise ExprError(by.col_offset, f"no number to {'shift' if shift else 'divide'} by")
            return self.generic_visit(node)
        if self._loose(by):
            raise ExprError(
                by.col_offset, "a `for` binds what is divided or shifted by: use a function"
            )
        node.left = self.visit(node.left)
        node.right = self._named(self.visit(by), _is_width if shift else _is_not_zero)
        return node

    def _loose(self, node: ast.AST) -> bool:
        """It depends on what a comprehension binds, so it cannot be asked beforehand."""
        bound = set(self.bound)
        return any(isinstance(n, ast.Name) and n.id in bound for n in ast.walk(node))

    def _named(self, value: ast.expr, test: Callable[[ast.expr], ast.expr]) -> ast.expr:
        """A name for `value`, guarded by `test`; the same name if it was asked before."""
        key = ast.unparse(test(value))
        if key not in self.guards.known:
            name = self.guards.known[key] = self.of.fresh()
            self.guards.tests.append(test(ast.NamedExpr(ast.Name(name, ast.Store()), value)))
        return ast.Name(self.guards.known[key], ast.Load())

    def _guard(self, test: ast.expr, name: str) -> None:
        if name not in self.guards.known:
            self.guards.known[name] = name
            self.guards.tests.append(test)


def _is_something(subject: ast.expr) -> ast.expr:
    return ast.Compare(subject, [ast.IsNot()], [ast.Constant(None)])


def _is_not_zero(subject: ast.expr) -> ast.expr:
    return ast.Compare(subject, [ast.NotEq()], [ast.Constant(0)])


def _is_not_empty(subject: ast.expr) -> ast.expr:
    return subject


def _is_width(subject: ast.expr) -> ast.expr:
    return ast.Compare(ast.Constant(0), [ast.LtE(), ast.Lt()], [subject, ast.Constant(SHIFTS)])


def _all(tests: list[ast.expr]) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)


def _is_not(node: ast.expr) -> TypeGuard[ast.UnaryOp]:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _arguments(function: Function) -> str:
    least, most = function.least, function.most
    if most is None:
        return f"{least} or more arguments"
    count = str(least) if least == most else f"{least} to {most}"
    return f"{count} argument{'' if most == 1 else 's'}"


def _python(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Fill(ast.NodeTransformer):
    def __init__(self, args: list[ast.expr]) -> None:
        self.args = args

    def visit_Set(self, node: ast.Set) -> ast.AST:  # {0} reads as a set of one number
        (number,) = node.elts
        assert isinstance(number, ast.Constant) and isinstance(number.value, int)
        return self.args[number.value]


def _fill(template: str, args: list[ast.expr]) -> ast.expr:
    filled = _Fill(args).visit(_python(template))
    assert isinstance(filled, ast.expr)
    return filled

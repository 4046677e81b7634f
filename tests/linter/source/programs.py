"""Random programs with an oracle.

A generated `Program` exists twice: as C text in which every step and every
atomic condition has a line of its own, and as `code`, a list of jumps that is
made from the same tree without the code under test.  `succ` is the control
flow by line numbers, `run` executes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from linter.source.flow import NO_CASE

# Programs.  A statement is a tuple whose first item says what it is.

Tree: TypeAlias = tuple[Any, ...]
VARIABLES = ("a", "b", "x")
CONSTANTS = (-1, 0, 1, 2)
_OPS = {
    "==": lambda v, c: v == c,
    "!=": lambda v, c: v != c,
    "<": lambda v, c: v < c,
    ">": lambda v, c: v > c,
    "<=": lambda v, c: v <= c,
    ">=": lambda v, c: v >= c,
}
STOP = -1  # the line of the end of the function
DEAD = -2  # the line after `BUG()`


class Program:
    """A random function `f`: text and oracle."""

    def __init__(self, tree: list[Tree]) -> None:
        self.lines = ["int f(int a, int b, int x)", "{"]
        self.code: list[list[Any]] = []
        self.labels: dict[str, int] = {}
        self._breaks: list[list[int]] = []
        self._continues: list[list[int]] = []
        self._gotos: list[tuple[int, str]] = []
        self._block(tree)
        for _, name in list(self._gotos):
            if name not in self.labels:
                self._label(name)
        self._emit("end", STOP)
        for index, name in self._gotos:
            self.code[index][1] = self.labels[name]
        self.lines.append("}")
        self.source = "\n".join(self.lines) + "\n"

    def __repr__(self) -> str:
        return "\n" + self.source

    # -- text and code, side by side ---------------------------------------

    def _emit(self, *code: Any) -> int:
        self.code.append(list(code))
        return len(self.code) - 1

    def _text(self, source: str) -> int:
        self.lines.append(source)
        return len(self.lines)

    def _label(self, name: str) -> None:
        self.labels[name] = len(self.code)
        self._text(f"{name}:")
        self._step("mark();", ("mark",))

    def _step(self, source: str, effect: Tree) -> None:
        self._emit("step", self._text(source), effect)

    def _block(self, tree: list[Tree]) -> None:
        for statement in tree:
            getattr(self, f"_{statement[0]}")(*statement[1:])

    def _set(self, name: str, value: int) -> None:
        self._step(f"{name} = {value};", ("set", name, value))

    def _copy(self, name: str, other: str) -> None:
        self._step(f"{name} = {other};", ("copy", name, other))

    def _twice(self, name: str, other: str, value: int) -> None:
        self._step(f"{name} = {other} = {value};", ("twice", name, other, value))

    def _inc(self, name: str) -> None:
        self._step(f"{name}++;", ("add", name, 1))

    def _add(self, name: str, value: int) -> None:
        self._step(f"{name} += {value};", ("add", name, value))

    def _out(self, name: str) -> None:
        # the oracle's callee leaves the variable alone; another may write it
        self._step(f"g(&{name});", ("out", name))

    def _empty(self) -> None:
        self._text(";")

    def _return(self, name: str) -> None:
        self._emit("ret", self._text(f"return {name};"))

    def _bug(self) -> None:
        self._emit("bug", self._text("BUG();"))

    def _if(self, test: Tree, then: list[Tree], other: list[Tree] | None) -> None:
        self._text("if (")
        true, false = self._test(test)
        self._text(") {")
        self._land(true)
        self._block(then)
        if other is None:
            self._text("}")
            self._land(false)
            return
        self._text("} else {")
        skip = self._emit("jmp", None)
        self._land(false)
        self._block(other)
        self._text("}")
        self.code[skip][1] = len(self.code)

    def _while(self, test: Tree, inner: list[Tree]) -> None:
        head = len(self.code)
        self._text("while (")
        true, false = self._test(test)
        self._text(") {")
        self._land(true)
        self._loop(inner, head)
        self._emit("jmp", head)
        self._text("}")
        self._leave(false)

    def _do(self, inner: list[Tree], test: Tree) -> None:
        head = len(self.code)
        self._text("do {")
        self._loop(inner, None)
        self._text("} while (")
        true, false = self._test(test)
        self._text(");")
        for index, place in true:
            self.code[index][place] = head
        self._leave(false)

    def _for(
        self, first: str | None, test: Tree | None, update: str | None, inner: list[Tree]
    ) -> None:
        self._text("for (")
        if first:
            self._step(f"{first} = 0", ("set", first, 0))
        self._text(";")
        head = len(self.code)
        true: list[tuple[int, int]] = []
        false: list[tuple[int, int]] = []
        if test is not None:
            true, false = self._test(test)
        self._text(";")
        at = self._text(f"{update}++") if update else 0
        self._text(") {")
        self._land(true)
        self._loop(inner, None)
        if update:
            self._emit("step", at, ("add", update, 1))
        self._emit("jmp", head)
        self._text("}")
        self._leave(false)

    def _loop(self, inner: list[Tree], again: int | None) -> None:
        self._breaks.append([])
        self._continues.append([])
        self._block(inner)
        for index in self._continues.pop():
            self.code[index][1] = len(self.code) if again is None else again

    def _leave(self, false: list[tuple[int, int]]) -> None:
        self._land(false)
        for index in self._breaks.pop():
            self.code[index][1] = len(self.code)

    def _switch(self, name: str, cases: list[tuple[int | None, list[Tree]]]) -> None:
        table: dict[int | None, int] = {}
        named = any(value is None for value, _ in cases)
        self._emit("switch", self._text(f"switch ({name}) {{"), name, table, named)
        self._breaks.append([])
        for value, inner in cases:
            if value in table:
                continue
            table[value] = len(self.code)
            self._text("default:" if value is None else f"case {value}:")
            self._block(inner)
        self._text("}")
        table.setdefault(None, len(self.code))
        for index in self._breaks.pop():
            self.code[index][1] = len(self.code)

    def _break(self) -> None:
        if self._breaks:
            self._text("break;")
            self._breaks[-1].append(self._emit("jmp", None))

    def _continue(self) -> None:
        if self._continues:
            self._text("continue;")
            self._continues[-1].append(self._emit("jmp", None))

    def _goto(self, name: str) -> None:
        self._text(f"goto {name};")
        self._gotos.append((self._emit("jmp", None), name))

    def _mark(self, name: str) -> None:
        if name not in self.labels:
            self._label(name)

    def _test(self, test: Tree) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Writes a condition; gives the jumps (instruction, slot) of true and of false."""
        kind = test[0]
        if kind == "cmp":
            _, name, op, value = test
            index = self._emit("cond", self._text(f"{name} {op} {value}"), name, op, value, 0, 0)
            return [(index, 5)], [(index, 6)]
        if kind == "truth":
            index = self._emit("cond", self._text(test[1]), test[1], "!=", 0, 0, 0)
            return [(index, 5)], [(index, 6)]
        if kind == "const":
            self._text(str(test[1]))
            jump = [(self._emit("jmp", None), 1)]
            return (jump, []) if test[1] else ([], jump)
        if kind in ("not", "WARN_ON", "likely"):
            # `(a) && b != c` is a cast of a label's address to tree-sitter: no `!(a)`
            plain = kind == "not" and test[1][0] == "truth"
            self._text("!" if plain else "!(" if kind == "not" else f"{kind}(")
            true, false = self._test(test[1])
            if not plain:
                self._text(")")
            return (false, true) if kind == "not" else (true, false)
        self._text("(")
        true, false = self._test(test[1])
        self._text("&&" if kind == "and" else "||")
        self._land(true if kind == "and" else false)
        more_true, more_false = self._test(test[2])
        self._text(")")
        if kind == "and":
            return more_true, false + more_false
        return true + more_true, more_false

    def _land(self, jumps: list[tuple[int, int]]) -> None:
        for index, slot in jumps:
            self.code[index][slot] = len(self.code)

    # -- the oracle --------------------------------------------------------

    def _events(self, pc: int) -> set[int]:
        """The line of the next event from an instruction on; empty in an empty loop."""
        seen = set()
        while self.code[pc][0] == "jmp":
            if pc in seen:
                return set()
            seen.add(pc)
            pc = self.code[pc][1]
        return {self.code[pc][1]}

    def succ(self) -> dict[tuple[int, object], set[int]]:
        """(line, outcome) -> the lines that may come next; line 0 is the entry."""
        found: dict[tuple[int, object], set[int]] = {(0, None): self._events(0)}
        for pc, code in enumerate(self.code):
            if code[0] == "step":
                found[code[1], None] = self._events(pc + 1)
            elif code[0] == "ret":
                found[code[1], None] = {STOP}
            elif code[0] == "bug":
                found[code[1], None] = {DEAD}
            elif code[0] == "cond":
                found[code[1], True] = self._events(code[5])
                found[code[1], False] = self._events(code[6])
            elif code[0] == "switch":
                for value, target in code[3].items():
                    name = str(value) if value is not None else "default" if code[4] else NO_CASE
                    found[code[1], name] = self._events(target)
        return found

    def live(self) -> set[int]:
        """The lines that can be reached."""
        edges: dict[int, set[int]] = {}
        for (here, _), targets in self.succ().items():
            edges.setdefault(here, set()).update(targets)
        seen, todo = {0}, [0]
        while todo:
            for target in edges.get(todo.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen

    def effects(self) -> dict[int, Tree]:
        """What each step line does."""
        return {code[1]: code[2] for code in self.code if code[0] == "step"}

    def run(
        self, values: Mapping[str, int], limit: int = 120
    ) -> Iterator[tuple[int, dict[str, int]]]:
        """(line, values before it runs), step by step."""
        now = dict(values)
        pc = 0
        for _ in range(limit):
            code = self.code[pc]
            if code[0] != "jmp":
                yield code[1], dict(now)
            pc += 1
            if code[0] == "jmp":
                pc = code[1]
            elif code[0] == "step":
                _perform(code[2], now)
            elif code[0] == "cond":
                pc = code[5] if _OPS[code[3]](now[code[2]], code[4]) else code[6]
            elif code[0] == "switch":
                pc = code[3].get(now[code[2]], code[3][None])
            else:
                return


def _perform(effect: Tree, now: dict[str, int]) -> None:
    if effect[0] == "set":
        now[effect[1]] = effect[2]
    elif effect[0] == "copy":
        now[effect[1]] = now[effect[2]]
    elif effect[0] == "twice":
        now[effect[1]] = now[effect[2]] = effect[3]
    elif effect[0] == "add":
        now[effect[1]] += effect[2]


def _names() -> st.SearchStrategy[str]:
    return st.sampled_from(VARIABLES)


def tests(loops: bool = False) -> st.SearchStrategy[Tree]:
    """Conditions; a loop may also ask `1`."""
    atoms: list[st.SearchStrategy[Tree]] = [
        st.tuples(
            st.just("cmp"), _names(), st.sampled_from(sorted(_OPS)), st.sampled_from(CONSTANTS)
        ),
        st.tuples(st.just("truth"), _names()),
    ]
    if loops:
        atoms.append(st.tuples(st.just("const"), st.sampled_from((0, 1))))
    return st.recursive(
        st.one_of(atoms),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(("not", "WARN_ON", "likely")), inner),
            st.tuples(st.sampled_from(("and", "or")), inner, inner),
        ),
        max_leaves=3,
    )


def programs(jumps: bool = True) -> st.SearchStrategy[Program]:
    """Random functions; with `jumps` also `goto`, labels and `BUG()`."""
    name = _names()
    value = st.sampled_from(CONSTANTS)
    simple: list[st.SearchStrategy[Tree]] = [
        st.tuples(st.just("set"), name, value),
        st.tuples(st.just("copy"), name, name),
        st.tuples(st.just("twice"), name, name, value),
        st.tuples(st.just("inc"), name),
        st.tuples(st.just("add"), name, value),
        st.tuples(st.just("out"), name),
        st.tuples(st.sampled_from(("break", "continue", "empty"))),
        st.tuples(st.just("return"), name),
    ]
    if jumps:
        label = st.sampled_from(("l0", "l1", "l2"))
        simple += [
            st.tuples(st.sampled_from(("goto", "mark")), label),
            st.tuples(st.just("bug")),
        ]

    def compound(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        block = st.lists(inner, max_size=4)
        case = st.tuples(st.one_of(st.none(), value), block)
        return st.one_of(
            st.tuples(st.just("if"), tests(), block, st.one_of(st.none(), block)),
            st.tuples(st.just("while"), tests(loops=True), block),
            st.tuples(st.just("do"), block, tests(loops=True)),
            st.tuples(
                st.just("for"),
                st.one_of(st.none(), name),
                st.one_of(st.none(), tests(loops=True)),
                st.one_of(st.none(), name),
                block,
            ),
            st.tuples(st.just("switch"), name, st.lists(case, max_size=4)),
        )

    statement = st.recursive(st.one_of(simple), compound, max_leaves=12)
    return st.lists(statement, min_size=1, max_size=6).map(Program)

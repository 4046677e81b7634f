"""Tables in, Python out: `python -m replay.spec.generate` rewrites `_generated/` and its page.

A command becomes one function that evaluates all of its conditions, each guarded
by what makes it well formed, and computes a `let` just before its first use.
With tables as arguments (`rmm-1.0/realm.rmi`) only their modules are written.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from pathlib import Path

from replay.rmm import values
from replay.spec import docs
from replay.spec.check import check, check_effect, check_version
from replay.spec.expr import ExprError, names
from replay.spec.grammar import read_table
from replay.spec.lines import TableError
from replay.spec.source import Expr, Row, Source, order_masks
from replay.spec.translate import Function, Guards, Scope, Translator

HERE = Path(__file__).parent
GENERATED = HERE / "_generated"
PAGE = HERE.parents[1] / "docs" / "commands.md"
# Each folder's package in `_generated/`, and where its expressions find their functions.
FOLDERS = {
    "rmm-1.0": ("rmm_1_0", "replay.rmm.helpers.v1_0"),
    "rmm-2.0": ("rmm_2_0", "replay.rmm.helpers.v2_0"),
}
CONSTANTS = frozenset(name for name in vars(values) if name.isupper())

_HEAD = '''"""Generated from {path} by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from {package} import {module} as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm

'''


# --- reading ------------------------------------------------------------------------


def tables(folder: str) -> list[Path]:
    """The `.rmi` files of a version, in the order of their names."""
    return sorted((HERE / folder).glob("*.rmi"))


def read_file(folder: str, name: str) -> list[Source]:
    """The commands of one table.  Raises TableError, of the table that is wrong."""

    def other(base: str, command: str) -> Source | None:
        if base == folder:  # only what stands above in the same file
            return None
        sources = (source for path in tables(base) for source in read_file(base, path.name))
        return next((s for s in sources if s.name == command and not s.versions), None)

    sources = read_table(HERE / folder / name, other, shown=f"{folder}/{name}")
    for source in sources:
        for part in source.parts():
            check(part, CONSTANTS)
    return sources


def functions(folder: str) -> dict[str, Function]:
    """What the expressions of a version may call beside what is built in."""
    module = import_module(FOLDERS[folder][1])
    return {
        name: _described(name, function)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and not name.startswith("_")
    }


def _described(name: str, function: Callable[..., object]) -> Function:
    """How a helper is called; one that may answer None says so in its annotation."""
    signature = inspect.signature(function)
    kinds = list(signature.parameters.values())[1:]  # the first is the model
    least = sum(p.default is p.empty and p.kind is not p.VAR_POSITIONAL for p in kinds)
    endless = any(p.kind is p.VAR_POSITIONAL for p in kinds)
    returns = str(signature.return_annotation).split(" | ")
    return Function(f"h.{name}", least, None if endless else len(kinds), partial="None" in returns)


# --- code ---------------------------------------------------------------------------


def module_text(folder: str, name: str, sources: list[Source]) -> str:
    """The generated module of one table.  Raises TableError."""
    package, _, module = FOLDERS[folder][1].rpartition(".")
    known = functions(folder)
    parts = [part for source in sources for part in source.parts()]
    return (
        _HEAD.format(path=f"{folder}/{name}", package=package, module=module)
        + "".join(f"\n{function_text(part, known)}\n\n" for part in parts)
        + "\nCOMMANDS = [\n"
        + "".join(f"{_literal(source, '    ')},\n" for source in sources)
        + "]\n"
    )


def package_text(folder: str, stems: list[str]) -> str:
    """The generated package's `__init__`: all commands of a version."""
    imports = f"from replay.spec._generated.{FOLDERS[folder][0]} import {', '.join(stems)}\n\n"
    return (
        f'"""Generated from {folder}/ by generate.py; do not edit."""\n\n'
        + (imports if stems else "")
        + f"COMMANDS = [{', '.join(f'*{stem}.COMMANDS' for stem in stems)}]\n"
    )


def function_name(source: Source) -> str:
    """Name of the generated function: command, stage and version."""
    name = "_".join([source.name.lower().replace("/", "__"), *source.versions])
    return name.translate(str.maketrans(".-", "__"))


def function_text(source: Source, known: dict[str, Function]) -> str:
    """The function that judges one command or stage (table.py says what it gives)."""
    return "\n".join(_Function(source, known).lines())


class _Function:
    """The function of one command: its lines, and which `let`s are bound where they are needed."""

    def __init__(self, source: Source, known: dict[str, Function]) -> None:
        self.source = source
        self.inputs = [name for name, _ in source.inputs]
        self.values = {let.name: let.value for let in source.lets}
        # A `let` counts as one that may be None until it is seen not to be.
        self.nullable = dict.fromkeys(self.values, True)
        scope = Scope(frozenset(self.inputs), self.nullable, CONSTANTS, known)
        self.python = Translator(scope)
        self.used: set[str] = set(source.effect[1] if source.effect else ())

    def lines(self) -> Iterator[str]:
        source = self.source
        body = list(self._body())
        yield f"def {function_name(source)}(m: Rmm, x: Sequence[int]) -> Judged:"
        for i, (name, kind) in enumerate(source.inputs):
            if name in self.used:
                yield f"    {name} = {f'v.signed(x[{i}])' if kind == 'int64' else f'x[{i}]'}"
        yield "    held: Rows = []"
        yield from body

    def _body(self) -> Iterator[str]:
        done: set[str] = set()
        for bit, row in enumerate(self.source.rows):
            yield from self._row(bit, row, done)
        objects = self.source.effect[1] if self.source.effect else []
        for name in objects:
            yield from self._bind(name, done, "    ", Guards())
        tuple_of = ", ".join(objects) + ("," if len(objects) == 1 else "")
        yield f"    return held, ({tuple_of})"

    def _row(self, bit: int, row: Row, done: set[str]) -> Iterator[str]:
        yield from self._bind_all(row.when, done, "    ", Guards())
        lines = list(self._asked(bit, row, done))
        if any(_asks_the_model(line) for line in lines):
            yield "    try:"
            yield from (f"    {line}" for line in lines)
            yield "    except m.doubt:"
            yield f"        m.doubted.append({bit})"
        else:
            yield from lines

    def _asked(self, bit: int, row: Row, done: set[str]) -> Iterator[str]:
        guards = Guards()
        yield f"    if {self._python(self.python.test, row.when, guards)}:  # {row.id}"
        asked = len(guards.tests)
        indent, inside = "        ", set(done)
        for result in row.results():
            yield from self._bind_all(result, inside, indent, guards, doubted=False)
        index = self._python(self.python.value, row.index, guards) if row.index else "0"
        outputs = [
            (self.source.outputs.index(name) + 1, self._python(self.python.value, value, guards))
            for name, value in row.extra
        ]
        if guards.tests[asked:]:  # a row is well formed only if what it demands is
            yield f"{indent}if {guards.code(asked)}:"
            indent += "    "
        x0 = f"v.{row.status}" if index == "0" else f"v.result(v.{row.status}, {index})"
        demanded = _tuple(f"({register}, {value})" for register, value in outputs)
        yield f"{indent}held.append(({bit}, {x0}, {demanded if outputs else None}))"

    def _bind_all(
        self, value: Expr, done: set[str], indent: str, given: Guards, *, doubted: bool = True
    ) -> Iterator[str]:
        """The `let`s that an expression asks for, bound before it where `given` holds."""
        for name in names(value.tree):
            self.used.add(name)
            yield from self._bind(name, done, indent, given, doubted=doubted)

    def _bind(
        self, name: str, done: set[str], indent: str, given: Guards, *, doubted: bool = True
    ) -> Iterator[str]:
        """Bind a `let`; with `doubted`, to OPEN where the model is in doubt of it."""
        if name in self.values and name not in done:
            value = self.values[name]
            yield from self._bind_all(value, done, indent, given, doubted=doubted)
            try:
                code, self.nullable[name] = self.python.let(value.tree, given)
            except ExprError as error:
                raise value.spot(error.column).error(error.text) from None
            if doubted and _asks_the_model(code):
                yield f"{indent}try:"
                yield f"{indent}    {name} = {code}"
                yield f"{indent}except m.doubt:"
                yield f"{indent}    {name} = m.open"
            else:
                yield f"{indent}{name} = {code}"
            done.add(name)

    def _python(self, how: Callable[..., str], value: Expr, guards: Guards) -> str:
        try:
            return how(value.tree, guards)
        except ExprError as error:
            raise value.spot(error.column).error(error.text) from None


def _asks_the_model(code: str) -> bool:
    """Whether Python asks more than the arguments and what never changes."""
    return bool(_MODEL.search(code.replace("m.offset_mask", "")))


_MODEL = re.compile(r"\b(?!v\.|held\.)[a-zA-Z_]\w*\.\w")


def _literal(source: Source, indent: str) -> str:
    """The Command of a table as Python, fields at their defaults left out."""
    deeper = indent + "    "
    rows = [
        f"Condition({_text(row.id)}, {_text(row.when.text)}, {_text(row.status)}, "
        f"{_text(row.index.text) if row.index else None}, "
        f"{_text(', '.join(f'{n} == {e.text}' for n, e in row.extra)) if row.extra else None}, "
        f"{_text(row.meaning)}{', permits=True' if row.permits else ''})"
        for row in source.rows
    ]
    order = [f"({_tuple(map(_text, a))}, {_tuple(map(_text, b))})" for a, b, _ in source.order]
    stages = [
        f"{_text(name)}: {_literal(stage, deeper + '    ').lstrip()}"
        for name, stage in source.stages.items()
    ]
    fields = {
        "name": _text(source.name),
        "fid": f"0x{source.fid:X}",
        "inputs": _tuple(_text(name) for name, _ in source.inputs),
        "outputs": _tuple(map(_text, source.outputs)),
        "conditions": _lines("()", rows, deeper),
        "before": _tuple(map(hex, order_masks(source))),
        "sequence": repr(bool(source.sequence)),
        "gate": _text(source.gate),
        "judge": function_name(source),
        "effect": _text(source.effect[0] if source.effect else ""),
        "success": _lines("()", map(_text, source.success), deeper),
        "stages": _lines("{}", stages, deeper) if stages else "",
        "order": _lines("()", order, deeper) if order else "",
        "versions": _tuple(map(_text, source.versions)) if source.versions else "",
        "optional": "True" if source.optional else "",
        "any_status": "True" if source.any_status else "",
    }
    inside = "".join(f"{deeper}{name}={value},\n" for name, value in fields.items() if value)
    return f"{indent}Command(\n{inside}{indent})"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _tuple(items: Iterable[str]) -> str:
    inside = list(items)
    return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"


def _lines(brackets: str, items: Iterable[str], indent: str) -> str:
    """A literal with an item a line."""
    inside = "".join(f"{indent}    {item},\n" for item in items)
    return f"{brackets[0]}\n{inside}{indent}{brackets[1]}" if inside else brackets


# --- writing ------------------------------------------------------------------------


def everything() -> dict[Path, str]:
    """All that is generated, by path: modules, packages, the page.  Raises TableError."""
    found = {
        GENERATED / "__init__.py": '"""Generated by replay/spec/generate.py; do not edit."""\n'
    }
    versions: dict[str, list[Source]] = {}
    for folder, (package, _) in FOLDERS.items():
        read = {path.stem: read_file(folder, path.name) for path in tables(folder)}
        found[GENERATED / package / "__init__.py"] = package_text(folder, list(read))
        for stem, sources in read.items():
            text = module_text(folder, f"{stem}.rmi", sources)
            found[GENERATED / package / f"{stem}.py"] = text
        versions[folder] = [source for sources in read.values() for source in sources]
    found[PAGE] = docs.page(versions)
    return found


def link(folder: str, sources: list[Source]) -> Iterator[TableError]:
    """What is wrong between the commands of a version, and between them and the effects."""
    from replay.rmm.effects.registry import effects_of  # tables are generated before effects exist

    try:
        check_version(sources)
    except TableError as error:
        yield error
    effects = effects_of(folder.removeprefix("rmm-"))
    for source in sources:
        for part in source.parts():
            try:
                check_effect(part, effects)
            except TableError as error:
                yield error


def write(wanted: Collection[str]) -> list[TableError]:
    """Write the modules of the tables named (`rmm-1.0/realm.rmi`); what is wrong with them.

    A table with an error keeps its old module.  One that only does not fit the
    effects is written, so that its conditions can be tried before these exist.
    """
    errors: list[TableError] = []
    versions: dict[str, list[Source]] = {}
    for folder, (package, _) in FOLDERS.items():
        target = GENERATED / package
        target.mkdir(parents=True, exist_ok=True)
        for path in tables(folder):
            name = f"{folder}/{path.name}"
            try:
                sources = read_file(folder, path.name)
                versions.setdefault(folder, []).extend(sources)
                if name in wanted:
                    text = module_text(folder, path.name, sources)
                    (target / f"{path.stem}.py").write_text(text, encoding="utf-8")
            except TableError as error:
                if name in wanted:
                    errors.append(error)
        stems = [p.stem for p in tables(folder) if (target / f"{p.stem}.py").exists()]
        (target / "__init__.py").write_text(package_text(folder, stems), encoding="utf-8")
    for folder, sources in versions.items():
        if any(name.startswith(f"{folder}/") for name in wanted):
            errors += link(folder, sources)
    return errors


def main(argv: list[str]) -> int:
    every = {f"{folder}/{path.name}" for folder in FOLDERS for path in tables(folder)}
    missing = [name for name in argv if name not in every]
    errors: list[object] = [f"there is no table {name}" for name in missing]
    if not missing:
        errors += write(argv or every)
    if not argv and not errors:
        texts = everything()
        for path in set(GENERATED.rglob("*.py")) - texts.keys():
            path.unlink()  # of a table that is no more
        for path in (GENERATED / "__init__.py", PAGE):
            path.write_text(texts[path], encoding="utf-8")
    for line in errors:
        print(line, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

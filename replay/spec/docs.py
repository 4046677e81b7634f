"""docs/commands.md, made of the tables: what each command may answer, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from replay.spec.source import Row, Source

_HEAD = """\
# The commands, and what they may answer

Generated from the tables in `replay/spec/` by `python -m replay.spec.generate`;
[command-tables.md](command-tables.md) explains their notation. For each command:
its function number, inputs from X1 on, outputs from X1 on (X0 is the result),
the values that its conditions name, the conditions with the result that each
demands, and what it does when none of them holds. A condition over something
that does not exist is false.
"""
_GATES = {
    "init": "Served before RMI_RMM_ACTIVATE only; afterwards RMI_ERROR_GLOBAL.",
    "active": "Served after RMI_RMM_ACTIVATE only; before it RMI_ERROR_GLOBAL.",
    "operation": "Served after RMI_RMM_ACTIVATE, or while that waits for the host; before it "
    "RMI_ERROR_GLOBAL.",
}


def page(versions: dict[str, list[Source]]) -> str:
    """The whole page; `versions` are the commands by folder, such as `rmm-1.0`."""
    lines = [_HEAD]
    for folder, sources in versions.items():
        version = "RMM " + folder.removeprefix("rmm-")
        lines.append(f"## {version}\n")
        for source in sorted(sources, key=lambda s: (s.name, s.versions)):
            lines += _command(source, version)
    return "\n".join(lines)


def _command(source: Source, version: str) -> Iterator[str]:
    variant = f" ({', '.join(source.versions)})" if source.versions else ""
    yield f"### {source.name}{variant}, {version}\n"
    yield f"Function `0x{source.fid:X}`{_registers(source)}\n"
    if not source.modelled:
        yield "Known by name only: a call of it is reported as unknown.\n"
        return
    if source.gate in _GATES:
        yield _GATES[source.gate] + "\n"
    if source.optional:
        yield "An implementation may lack it and answer -1.\n"
    yield from _body(source)
    for name, stage in source.stages.items():
        yield f"#### {source.name}{variant}, {version}: stage {name}\n"
        yield from _body(stage)


def _registers(source: Source) -> str:
    ins = [
        f"X{i} {_code(name)}{' (signed)' if kind else ''}"
        for i, (name, kind) in enumerate(source.inputs, 1)
    ]
    outs = [f"X{i} {_code(name)}" for i, name in enumerate(source.outputs, 1)]
    text = f"; inputs {', '.join(ins)}" if ins else "; no inputs"
    return text + (f"; outputs {', '.join(outs)}." if outs else ".")


def _body(source: Source) -> Iterator[str]:
    if source.lets:
        yield (
            "\n".join(
                f"* {_code(let.name)} is {_code(let.value.text)}"
                + (", as it was before the call" if let.when == "before" else "")
                for let in source.lets
            )
            + "\n"
        )
    fails = [row for row in source.rows if not row.permits]
    may = [row for row in source.rows if row.permits]
    if fails:
        yield from _rows("Condition", fails)
    if source.sequence:
        yield "Order: the reference checks them as they stand here.\n"
    elif source.order:
        yield (
            "Order: "
            + "; ".join(
                f"{_codes(first)} before {_codes(later)}" for first, later, _ in source.order
            )
            + ".\n"
        )
    if may:
        yield "Permitted as well:\n"
        yield from _rows("Case", may)
    if source.any_status:
        yield "Which status it gives is no matter of conditions only.\n"
    if source.success:
        yield "Success:\n"
        yield "\n".join(f"* {_plain(text)}" for text in source.success) + "\n"


def _rows(title: str, rows: Iterable[Row]) -> Iterator[str]:
    table = [f"| {title} | Holds if | Result | Meaning |", "|---|---|---|---|"]
    table += [
        f"| {_code(row.id)} | {_code(row.when.text)} | {_result(row)} | {_plain(row.meaning)} |"
        for row in rows
    ]
    yield "\n".join(table) + "\n"


def _result(row: Row) -> str:
    index = f"[{row.index.text}]" if row.index is not None and row.index.text != "0" else ""
    extra = "".join(f", {_code(f'{name} == {value.text}')}" for name, value in row.extra)
    return _code(row.status + index) + extra


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(_code, names))


def _code(text: str) -> str:
    """Code in a table's cell: a bar would end it."""
    return "`" + text.replace("|", "\\|") + "`"


def _plain(text: str) -> str:
    """Words that Markdown must leave alone."""
    for char in "\\`*_<>|[]":
        text = text.replace(char, "\\" + char)
    return text

"""The notation of the command tables (`rmm-*/*.rmi`), read with pyparsing.

    command RMI_RTT_CREATE 0xC400015D
      in    rd rtt ipa level:int64
      let   walk = RttWalk(rd, ipa, level - 1)        live
      use   granule_is(rd, RD) as rd_align rd_bound rd_state
      fail  rtt_walk : walk.level < level - 1 => RMI_ERROR_RTT[walk.level] -- the walk stops early
      order rd_bound rd_state < rtt_walk
      do    rtt_create(walk, rtt, level)
      ok    gstate(rtt) = RTT

docs/command-tables.md explains each directive.  Only building reads this:
importing pyparsing costs more than judging a short trace.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pyparsing as pp

from replay.spec import expr
from replay.spec.lines import Spot, Text, directives
from replay.spec.source import Expr, Let, Row, Source

TYPES = ("int64",)
GATES = ("any", "init", "active", "operation")

_Named = TypeVar("_Named", Let, Row)
Found: TypeAlias = Any  # pp.ParseResults, not all of whose methods are typed
# What `extends FOLDER` asks for: the command of a name in a folder, or None.
Other: TypeAlias = Callable[[str, str], Source | None]


def _expression(stop: str, called: str) -> pp.ParserElement:
    """An expression up to `stop` (a pattern) outside of brackets, with its place."""
    nested = pp.Forward()
    inside = pp.ZeroOrMore(pp.Regex(r"[^()\[\]]+") | nested)
    nested <<= (pp.Literal("(") + inside + ")") | (pp.Literal("[") + inside + "]")
    plain = pp.Regex(rf"(?:(?!{stop})[^()\[\]])+")
    whole = pp.original_text_for(pp.OneOrMore((plain | nested).set_name(called)))
    return pp.Located(whole)


def _grammar() -> dict[str, pp.ParserElement]:
    """The body of each directive, by its keyword.

    `-` in place of `+` says that there is no way back: the error is then about
    what should stand there, not about the optional piece as a whole.
    """
    name = pp.Word(pp.alphas, pp.alphanums + "_").set_name("name")
    names = pp.OneOrMore(name)
    fid = pp.Regex(r"0x[cC]400[0-9A-Fa-f]{4}").set_name("function number like 0xC4000150")
    status = pp.Regex(r"(RMI|SMC)_[A-Z_]+").set_name("status like RMI_ERROR_INPUT")
    version = pp.Regex(r"[0-9]\.[0-9](-[a-z0-9]+)?").set_name("version like 2.0-bet0")
    words = pp.Regex(r".+").set_name("words")

    def sign(text: str) -> pp.ParserElement:
        return pp.Suppress(pp.Literal(text).set_name(f"`{text}`"))

    def word(text: str) -> pp.ParserElement:
        return pp.Suppress(pp.Keyword(text).set_name(f"`{text}`"))

    call = (
        name("function")
        + sign("(")
        + pp.Group(pp.Optional(name + pp.ZeroOrMore(sign(",") - name)))("args")
        + sign(")")
    )
    index = sign("[") - _expression(r"\]", "index")("index") - sign("]")
    output = pp.Group(name("output") - sign("==") - _expression("--|,", "value")("value"))
    extra = word("with") - (output + pp.ZeroOrMore(sign(",") - output))("extra")
    meaning = sign("--") - words("meaning")
    row = (
        name("id")
        - sign(":")
        - _expression("=>", "condition")("when")
        - sign("=>")
        - status("status")
        - pp.Optional(index)
        - pp.Optional(extra)
        - pp.Optional(meaning)
    )
    kind = pp.one_of(TYPES).set_name("one of " + ", ".join(TYPES))
    typed = pp.Group(name("name") + pp.Optional(sign(":") - kind("type")))
    return {
        "command": name("name")
        - fid("fid")
        - pp.Optional(word("for") - version[1, ...]("versions")),
        "extends": pp.Regex(r"rmm-[0-9]\.[0-9]").set_name("folder like rmm-1.0")("folder"),
        "drop": names("ids"),
        "in": pp.Group(pp.OneOrMore(typed))("inputs"),
        "out": names("names"),
        "gate": pp.one_of(GATES).set_name("one of " + ", ".join(GATES))("gate"),
        "optional": pp.Empty(),
        "unknown": pp.Empty(),
        "status": word("decided") - word("by") - word("effect"),
        "let": name("name")
        - sign("=")
        - _expression(r"\b(?:before|live)\s*$", "expression")("value")
        - pp.Optional(pp.one_of("before live")("sampled")),
        "use": call - word("as") - names("ids"),
        "fail": row,
        "may": row,
        "order": names("first") - sign("<") - names("later"),
        "sequence": names("ids"),
        "stage": name("name"),
        "do": call,
        "ok": words("text"),
    }


_ONCE = ("in", "out", "gate", "optional", "unknown", "status", "sequence", "do")
_BODY = {word: body.parse_with_tabs() for word, body in _grammar().items()}

# `use granule_is(g, STATE)`: what the specification asks of every address that
# must name a granule; three conditions under the ids given.
_TRIPLE = (
    ("not granule_aligned({0})", "{0} is not aligned to a granule"),
    ("not delegable({0})", "{0} is not memory that can be delegated"),
    ("gstate({0}) != {1}", "the granule at {0} is not {1}"),
)


def read_table(path: Path, other: Other | None = None, *, shown: str = "") -> list[Source]:
    """The commands of one `.rmi` file, in its order; `shown` is its name in errors.

    `other` finds what `extends` names in another folder.  Raises TableError.
    """
    shown = shown or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Spot(shown, line, 1).error(f"expected UTF-8 text: {error.reason}") from None
    return parse_table(text, shown, other)


def parse_table(text: str, path: str, other: Other | None = None) -> list[Source]:
    """As `read_table`, of a text; `path` is for errors.

    What can be seen without knowing the model is checked here; the rest is
    check.py's.
    """
    commands: list[Source] = []
    at: Source | None = None  # where directives go: the command or its last stage
    last, last_spot = "", Spot(path, 1, 1 << 31)  # the directive above
    said: set[tuple[str, str]] = set()  # of this command: its part, a directive of _ONCE
    for line in directives(text, path):
        spot = line.spot()
        word = line.text.split(maxsplit=1)[0]
        if word not in _BODY:
            deeper = spot.column > last_spot.column
            hint = " (to go on with the line above, end that with `\\`)" if deeper else ""
            raise spot.error(f"expected one of {', '.join(_BODY)}; found `{word}`{hint}")
        found = _parse(line, word)
        if word == "command":
            versions = tuple(found.get("versions", ()))
            at = Source(found["name"], int(found["fid"], 16), versions, spot)
            commands.append(at)
            said.clear()
        elif at is None:
            raise spot.error(f"expected `command` before `{word}`")
        elif word == "stage":
            at = _stage(commands[-1], found["name"], spot)
        elif word == "extends":
            if last != "command":
                raise spot.error("`extends` must stand right below `command`")
            _extend(at, found["folder"], commands[:-1], other, spot)
        elif word in _ONCE and (at.name, word) in said:
            raise spot.error(f"`{word}` stands twice in {at.name}")
        else:
            said.add((at.name, word))
            _BUILD[word](at, found, line)
        last, last_spot = word, spot
    if not commands:
        raise Spot(path, 1, 1).error("expected `command`; found no directive at all")
    for command in commands:
        for source in command.parts():
            if source.modelled and source.effect is None:
                raise source.spot.error(f"{source.name}: expected a `do` line (or `unknown`)")
    return commands


def _parse(line: Text, word: str) -> Found:
    body = line.text[len(word) :]
    try:
        return _BODY[word].parse_string(body, parse_all=True)
    except pp.ParseBaseException as error:
        rest = body[error.loc :].lstrip()
        wanted = error.msg.removeprefix("Expected ").replace("end of text", "the end of the line")
        found = f"`{rest.split()[0]}`" if rest else "the end of the line"
        where = line.spot(len(line.text) - len(rest))
        raise where.error(f"expected {wanted}; found {found}") from None


# --- directives -------------------------------------------------------------------


def _in(at: Source, found: Found, line: Text) -> None:
    at.inputs = [(i["name"], i.get("type", "")) for i in found["inputs"]]
    _once([name for name, _ in at.inputs], line)


def _out(at: Source, found: Found, line: Text) -> None:
    at.outputs = list(found["names"])
    _once(at.outputs, line)


def _gate(at: Source, found: Found, line: Text) -> None:
    at.gate = found["gate"]


def _optional(at: Source, found: Found, line: Text) -> None:
    at.optional = True


def _unknown(at: Source, found: Found, line: Text) -> None:
    at.modelled = False


def _status(at: Source, found: Found, line: Text) -> None:
    at.any_status = True


def _let(at: Source, found: Found, line: Text) -> None:
    value = _expr(found["value"], line, "let")
    _put(at, at.lets, Let(found["name"], value, found.get("sampled", "live")), line)


def _row(permits: bool) -> Callable[[Source, Found, Text], None]:
    word = "may" if permits else "fail"

    def build(at: Source, found: Found, line: Text) -> None:
        row = Row(
            found["id"],
            _expr(found["when"], line, word),
            found["status"],
            _expr(found["index"], line, word) if "index" in found else None,
            tuple((e["output"], _expr(e["value"], line, word)) for e in found.get("extra", ())),
            found.get("meaning", "").strip(),
            permits,
            line.spot(),
        )
        _put(at, at.rows, row, line)

    return build


def _use(at: Source, found: Found, line: Text) -> None:
    if found["function"] != "granule_is" or len(found["args"]) != 2:
        raise line.spot().error("expected `granule_is(ADDRESS, STATE)` after `use`")
    if len(found["ids"]) != len(_TRIPLE):
        raise line.spot().error("expected three ids after `as`: alignment, bound, state")
    start = line.text.index("granule_is")
    for (condition, meaning), name in zip(_TRIPLE, found["ids"], strict=True):
        text = condition.format(*found["args"])
        when = Expr(text, expr.parse(text), line, start, verbatim=False)
        said = meaning.format(*found["args"])
        row = Row(name, when, "RMI_ERROR_INPUT", None, (), said, False, line.spot())
        _put(at, at.rows, row, line)


def _order(at: Source, found: Found, line: Text) -> None:
    at.order.append((list(found["first"]), list(found["later"]), line.spot()))


def _sequence(at: Source, found: Found, line: Text) -> None:
    at.sequence = list(found["ids"])


def _do(at: Source, found: Found, line: Text) -> None:
    at.effect = (found["function"], list(found["args"]))
    at.effect_spot = line.spot()


def _ok(at: Source, found: Found, line: Text) -> None:
    if "ok" in at.inherited:  # what an extended command says of success says all of it
        at.inherited.discard("ok")
        at.success = []
    at.success.append(found["text"].strip())


def _drop(at: Source, found: Found, line: Text) -> None:
    for gone in found["ids"]:
        if "row " + gone not in at.inherited:
            raise line.spot().error(f"`drop`: no condition {gone} was inherited")
        at.inherited.discard("row " + gone)
        at.rows = [row for row in at.rows if row.id != gone]
        at.sequence = [name for name in at.sequence if name != gone]
        left = (
            ([i for i in first if i != gone], [i for i in later if i != gone], spot)
            for first, later, spot in at.order
        )
        at.order = [(first, later, spot) for first, later, spot in left if first and later]


_BUILD: dict[str, Callable[[Source, Found, Text], None]] = {
    "in": _in,
    "out": _out,
    "gate": _gate,
    "optional": _optional,
    "unknown": _unknown,
    "status": _status,
    "let": _let,
    "use": _use,
    "fail": _row(permits=False),
    "may": _row(permits=True),
    "order": _order,
    "sequence": _sequence,
    "do": _do,
    "ok": _ok,
    "drop": _drop,
}


def _stage(owner: Source, name: str, spot: Spot) -> Source:
    """A new stage of a command, or the inherited one of that name, to be changed."""
    if name in owner.stages:
        if "stage " + name not in owner.inherited:
            raise spot.error(f"stage {name} stands twice")
        owner.inherited.discard("stage " + name)
        return owner.stages[name]
    stage = Source(f"{owner.name}/{name}", owner.fid, owner.versions, spot, inputs=owner.inputs)
    owner.stages[name] = stage
    return stage


def _extend(at: Source, folder: str, above: list[Source], other: Other | None, spot: Spot) -> None:
    """Begin with what the command of the same name says in `folder`, or above in this file."""
    bases = [source for source in above if source.name == at.name and not source.versions]
    if bases and at.spot.path.startswith(folder + "/"):
        base: Source | None = bases[-1]
    else:
        base = other(folder, at.name) if other is not None else None
    if base is None:
        raise spot.error(f"{folder} has no {at.name} to extend")
    _inherit(at, base)
    for name, stage in base.stages.items():
        copy = Source(stage.name, at.fid, at.versions, stage.spot)
        _inherit(copy, stage)
        at.stages[name] = copy
        at.inherited.add("stage " + name)


def _inherit(at: Source, base: Source) -> None:
    at.inputs, at.outputs, at.gate = list(base.inputs), list(base.outputs), base.gate
    at.lets, at.rows, at.order = list(base.lets), list(base.rows), list(base.order)
    at.sequence, at.success = list(base.sequence), list(base.success)
    at.effect, at.effect_spot = base.effect, base.effect_spot
    at.optional, at.modelled, at.any_status = base.optional, base.modelled, base.any_status
    at.inherited = {"ok", *map(_name, at.rows), *map(_name, at.lets)}


def _put(at: Source, into: list[_Named], new: _Named, line: Text) -> None:
    """Append, or put in the place of the inherited one of that name."""
    names = [_name(old) for old in into]
    name = _name(new)
    if name not in names:
        into.append(new)
    elif name in at.inherited:
        at.inherited.discard(name)
        into[names.index(name)] = new
    else:
        raise line.spot().error(f"{name.partition(' ')[2]} stands twice in {at.name}")


def _name(item: Let | Row) -> str:
    """As `inherited` has it."""
    return f"row {item.id}" if isinstance(item, Row) else f"let {item.name}"


def _once(names: list[str], line: Text) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise line.spot().error(f"{name} stands twice")


def _expr(located: Found, line: Text, word: str) -> Expr:
    value: str = located["value"][0]
    lead = len(value) - len(value.lstrip())
    start = len(word) + located["locn_start"] + lead
    start += len(line.text[start:]) - len(line.text[start:].lstrip())
    text = value.strip()
    try:
        return Expr(text, expr.parse(text), line, start)
    except expr.ExprError as error:
        raise line.spot(start + error.column).error(error.text) from None

"""The notation: what each directive means, and where an error is said to be."""

from __future__ import annotations

import pytest

from replay.spec.check import check, check_effect, check_version
from replay.spec.grammar import parse_table
from replay.spec.lines import TableError
from replay.spec.source import Source

HEAD = "command RMI_X 0xC4000150\n"
CONSTANTS = ("RD", "REC")


def read(text: str) -> list[Source]:
    """The commands of a text, fully checked but for what the helpers know."""
    commands = parse_table(text, "t.rmi")
    for command in commands:
        for part in command.parts():
            check(part, CONSTANTS)
    return commands


def one(body: str) -> Source:
    (command,) = read(HEAD + body + "  do    nothing()\n")
    return command


def ids(source: Source) -> list[str]:
    return [row.id for row in source.rows]


# --- what the directives mean -------------------------------------------------------


def test_a_command_with_everything() -> None:
    text = """\
# a comment
command RMI_RTT_THING 0xC400015D for 2.0-bet0 2.0-bet1

  in    rd ipa level:int64   # and another
  out   top walk_top
  gate  active
  optional
  status decided by effect
  let   walk = RttWalk(rd, ipa, level - 1)   before
  let   end  = top_of(walk, ipa)
  fail  short : walk.level < level - 1 => RMI_ERROR_RTT[walk.level] \\
        with top == f(end, ipa), walk_top == ipa -- it stops (too) early
  fail  low   : level < 0 or level > 3 => RMI_ERROR_INPUT
  may   busy  : ipa == 0 => RMI_BUSY -- somebody else
  order low < short
  do    thing(walk, ipa)
  ok    first
  ok    second, [with] brackets
  stage final
  fail  late : ipa == 4 => RMI_ERROR_INPUT
  do    thing_final(ipa)
"""
    (command,) = read(text)
    assert (command.name, command.fid) == ("RMI_RTT_THING", 0xC400015D)
    assert command.versions == ("2.0-bet0", "2.0-bet1")
    assert command.inputs == [("rd", ""), ("ipa", ""), ("level", "int64")]
    assert command.outputs == ["top", "walk_top"]
    assert command.gate == "active"
    assert command.optional
    assert command.any_status
    assert command.modelled
    assert [(let.name, let.value.text, let.when) for let in command.lets] == [
        ("walk", "RttWalk(rd, ipa, level - 1)", "before"),
        ("end", "top_of(walk, ipa)", "live"),
    ]
    short, low, busy = command.rows
    assert (short.id, short.when.text) == ("short", "walk.level < level - 1")
    assert short.status == "RMI_ERROR_RTT"
    assert short.index is not None and short.index.text == "walk.level"
    assert [(n, e.text) for n, e in short.extra] == [("top", "f(end, ipa)"), ("walk_top", "ipa")]
    assert short.meaning == "it stops (too) early"
    assert (low.index, low.extra, low.meaning, low.permits) == (None, (), "", False)
    assert (busy.status, busy.permits) == ("RMI_BUSY", True)
    assert [(a, b) for a, b, _ in command.order] == [(["low"], ["short"])]
    assert command.effect == ("thing", ["walk", "ipa"])
    assert command.success == ["first", "second, [with] brackets"]
    final = command.stages["final"]
    assert final.name == "RMI_RTT_THING/final"
    assert final.inputs == command.inputs
    assert (ids(final), final.effect) == (["late"], ("thing_final", ["ipa"]))


def test_use_gives_the_three_conditions_of_a_granule() -> None:
    rows = one("  in    rd\n  use   granule_is(rd, RD) as a b c\n").rows
    assert [(r.id, r.when.text, r.status) for r in rows] == [
        ("a", "not granule_aligned(rd)", "RMI_ERROR_INPUT"),
        ("b", "not delegable(rd)", "RMI_ERROR_INPUT"),
        ("c", "gstate(rd) != RD", "RMI_ERROR_INPUT"),
    ]
    assert all(row.meaning and row.index is None for row in rows)


def test_unknown_needs_no_effect() -> None:
    (command,) = read(HEAD + "  unknown\n")
    assert not command.modelled
    assert command.effect is None


@pytest.mark.parametrize(
    "body",
    [
        "  fail a : f(1,\n    2) == 3 => RMI_ERROR_INPUT -- it (said\n",
        "  fail a : f(1, 2) == 3 \\\n    => RMI_ERROR_INPUT \\\n    -- it (said\n",
        "  fail a : f(1,   # one\n\n    # two\n    2) == 3 => RMI_ERROR_INPUT -- it (said\n",
    ],
)
def test_a_line_goes_on_in_a_bracket_and_after_a_backslash(body: str) -> None:
    (row,) = one(body).rows
    assert row.when.text == "f(1, 2) == 3"
    assert row.meaning == "it (said"


# --- extends ------------------------------------------------------------------------

BASE = (
    HEAD
    + """\
  in    a b
  out   o
  let   p = a + 1
  fail  first  : p == 1 => RMI_ERROR_INPUT -- of the base
  fail  second : b == 1 => RMI_ERROR_INPUT
  fail  third  : b == 2 => RMI_ERROR_INPUT
  order first second < third
  order first < second
  do    base(a)
  ok    as of old
  stage end
  fail  over : a == 2 => RMI_ERROR_INPUT
  do    base_end()
"""
)


def extended(body: str) -> Source:
    (base,) = parse_table(BASE, "rmm-1.0/base.rmi")

    def other(folder: str, name: str) -> Source | None:
        return base if (folder, name) == ("rmm-1.0", "RMI_X") else None

    text = f"command RMI_X 0xC4000199\n  extends rmm-1.0\n{body}"
    (command,) = parse_table(text, "rmm-2.0/t.rmi", other)
    for part in command.parts():
        check(part, CONSTANTS)
    assert ids(base) == ["first", "second", "third"]  # whatever the other made of it
    assert ids(base.stages["end"]) == ["over"]
    assert base.success == ["as of old"]
    return command


def test_extends_takes_all_but_the_number() -> None:
    command = extended("")
    assert command.fid == command.stages["end"].fid == 0xC4000199
    assert command.inputs == [("a", ""), ("b", "")]
    assert command.outputs == ["o"]
    assert ids(command) == ["first", "second", "third"]
    assert command.effect == ("base", ["a"])
    assert command.success == ["as of old"]


def test_drop_forgets_the_row_and_its_orders() -> None:
    command = extended("  drop second\n")
    assert ids(command) == ["first", "third"]
    assert [(a, b) for a, b, _ in command.order] == [(["first"], ["third"])]


def test_a_row_of_the_same_id_takes_the_place_of_the_inherited_one() -> None:
    command = extended("  fail second : b == 7 => RMI_ERROR_REC\n  ok anew\n  ok and more\n")
    assert ids(command) == ["first", "second", "third"]
    assert command.rows[1].when.text == "b == 7"
    assert command.success == ["anew", "and more"]


def test_a_let_and_a_stage_are_replaced_likewise() -> None:
    command = extended("  let p = a + 2\n  stage end\n  fail new : b == 3 => RMI_ERROR_INPUT\n")
    assert [let.value.text for let in command.lets] == ["a + 2"]
    assert ids(command.stages["end"]) == ["over", "new"]


def test_a_variant_extends_the_command_above_it() -> None:
    text = BASE + "command RMI_X 0xC4000150 for 2.0-bet0\n  extends rmm-2.0\n  drop third\n"
    _, variant = parse_table(text, "rmm-2.0/t.rmi")
    assert ids(variant) == ["first", "second"]
    assert variant.stages["end"].versions == ("2.0-bet0",)


# --- errors -------------------------------------------------------------------------

DO = "  do    nothing()\n"

# (text with `^` at the place of the error, a piece of what is said)
ERRORS = [
    ("^", "found no directive"),
    ("# only words\n^", "found no directive"),
    ("^This is no table at all.\n", "expected one of command, "),
    ("^stage x\n", "expected `command` before `stage`"),
    ("^  ", "found no directive"),
    (HEAD + "  ^fial  a : b => RMI_ERROR_INPUT\n", "found `fial`"),
    (HEAD + "  in    a\n     ^b c\n" + DO, "to go on with the line above, end that with `\\`"),
    ("command ^0xC4000150\n", "expected name; found `0xC4000150`"),
    ("command RMI_X ^C4000150\n", "expected function number like 0xC4000150"),
    ("command RMI_X ^0x84000150\n", "expected function number like 0xC4000150"),
    ("command RMI_X 0xC4000150 for ^two\n", "expected version like 2.0-bet0"),
    ("^command RMI_X 0xC4000150 for 9.9\n" + DO, "expected a version of 1.0, 2.0"),
    ("^command RMI_X 0xC4000150\n  in a\n", "expected a `do` line"),
    (HEAD + "  in    a:^int32\n", "expected one of int64"),
    (HEAD + "  ^in    a b a\n", "a stands twice"),
    (HEAD + "  in    a\n  ^in    b\n" + DO, "`in` stands twice in RMI_X"),
    (HEAD + "  out^   \n", "expected name; found the end of the line"),
    (HEAD + "  gate  ^never\n", "expected one of any, init, active, operation; found `never`"),
    (HEAD + "  status ^whatever\n", "expected `decided`"),
    (HEAD + "  unknown ^to us\n", "expected the end of the line; found `to`"),
    # rows
    (HEAD + "  fail  a ^b => RMI_ERROR_INPUT\n", "expected `:`; found `b`"),
    (HEAD + "  fail  a : 1 == 1 RMI_ERROR_INPUT^\n", "expected `=>`; found the end of the line"),
    (HEAD + "  fail  a : ^=> RMI_ERROR_INPUT\n", "expected condition; found `=>`"),
    (HEAD + "  fail  a : 1 == 1 => ^ERROR_INPUT\n", "expected status like RMI_ERROR_INPUT"),
    (HEAD + "  ^fail  a : 1 == 1 => RMI_ERROR_INPTU\n" + DO, "no such status: RMI_ERROR_INPTU"),
    (HEAD + "  ^fail  a : 1 == 1 => RMI_SUCCESS\n" + DO, "cannot demand success"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_RTT[^]\n", "expected index; found `]`"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_RTT[3] ^-> 4\n", "expected the end of the line"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_INPUT with top ^= 1\n", "expected `==`; found `=`"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_INPUT with top == ^1\n" + DO, "top is no output"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_INPUT --^\n", "expected words"),
    (
        HEAD + "  fail  a : 1 == 1 => RMI_ERROR_INPUT\n  ^may   a : 2 == 2 => RMI_BUSY\n",
        "a stands twice in RMI_X",
    ),
    # expressions
    (HEAD + "  fail  a : 1 == ^/ 2 => RMI_ERROR_INPUT\n", "expected an expression"),
    (HEAD + "  fail  a :   ^lambda: 1 => RMI_ERROR_INPUT\n", "Lambda is not allowed"),
    (HEAD + "  fail  a : 1 == 2 and ^'x' == 3 => RMI_ERROR_INPUT\n", "only numbers"),
    (HEAD + "  fail  a : 1 == 1 => RMI_ERROR_RTT[1 + ^None]\n", "only numbers"),
    (HEAD + "  out   o\n  fail  a : 1 == 1 => RMI_BUSY with o == 1 + ^_m\n", "underscore"),
    (HEAD + "  let   p = 1 + ^[2]\n", "List is not allowed"),
    (HEAD + "  let   ^= 3\n", "expected name"),
    (HEAD + "  let   p ^3\n", "expected `=`"),
    (HEAD + "  fail  a : 1 == ^impl.colour => RMI_BUSY\n" + DO, "no such trait: colour"),
    # the same in lines that go on
    (HEAD + "  fail  a : 1 == 1 \\\n        or ^'x' == 3 => RMI_ERROR_INPUT\n", "only numbers"),
    (HEAD + "  fail  a : f(1,\n     2,\n   ^'x') => RMI_ERROR_INPUT\n", "only numbers"),
    (HEAD + "  fail  a : 1 == 1 \\\n      => ^RMMI\n", "expected status like"),
    (HEAD + "  fail  a : f^(1, 2 => RMI_ERROR_INPUT\n  fail  b : 1 => RMI_BUSY\n", "never closed"),
    (HEAD + "  fail  a : f^(g(1) => RMI_ERROR_RTT\n" + DO, "never closed"),
    (HEAD + "  fail  a : f(1,\n   g^[2", "never closed"),
    (HEAD + "  in    a^ \\\n  out   b\n", "expected a deeper indented line after `\\`"),
    (HEAD + "  in    a^ \\", "expected a deeper indented line after `\\`"),
    # use, order, sequence, do
    (
        HEAD + "  in a\n  ^use   granule(a, RD) as x y z\n" + DO,
        "expected `granule_is(ADDRESS, STATE)`",
    ),
    (HEAD + "  in a\n  ^use   granule_is(a, RD) as x y\n" + DO, "expected three ids"),
    (HEAD + "  in a\n  use   granule_is(a, RD) ^x y z\n" + DO, "expected `as`"),
    (HEAD + "  fail a : 1 == 1 => RMI_BUSY\n  ^order a < b\n" + DO, "there is no `fail` row b"),
    (HEAD + "  may  a : 1 == 1 => RMI_BUSY\n  ^order a < a\n" + DO, "there is no `fail` row a"),
    (HEAD + "  fail a : 1 == 1 => RMI_BUSY\n  ^order a < a\n" + DO, "goes in a circle"),
    (HEAD + "  order a b^\n", "expected `<`; found the end of the line"),
    (
        "command RMI_X 0xC4000150\n  fail a : 1 == 1 => RMI_BUSY\n  fail b : 1 == 1 => RMI_BUSY\n"
        "  fail c : 1 == 1 => RMI_BUSY\n  order a < b\n  order b < c\n  ^order c < a\n" + DO,
        "goes in a circle: ",
    ),
    (
        "^" + HEAD + "  fail a : 1 == 1 => RMI_BUSY\n  fail b : 1 == 1 => RMI_BUSY\n"
        "  sequence b a\n" + DO,
        "must list the `fail` rows as they stand: a b",
    ),
    (HEAD + "  do    nothing^\n", "expected `(`"),
    (HEAD + "  do    nothing(1^)\n".replace("1^", "^1"), "expected `)`; found `1)`"),
    (HEAD + "  ^do    nothing(b)\n", "`do` names b, which nothing binds"),
    (HEAD + "  stage^ \n", "expected name"),
    (HEAD + DO + "  stage s\n" + DO + "  ^stage s\n" + DO, "stage s stands twice"),
    # let
    (HEAD + "  let   p = ^1\n" + DO, "nothing uses p"),
    (HEAD + "  let   p = 1\n  ^let   p = 2\n", "p stands twice"),
    (HEAD + "  let   p = ^q\n  let   q = p\n  do    nothing(p)\n", "p needs itself"),
    (HEAD + "  in    p\n  let   p = ^1\n  do    nothing(p)\n", "p is an input already"),
    (HEAD + "  let   x = ^1\n  do    nothing(x)\n", "choose another name"),
    (HEAD + "  let   g1 = ^1\n  do    nothing(g1)\n", "choose another name"),
    (HEAD + "  let   RD = ^1\n  do    nothing(RD)\n", "is a constant of the model"),
    ("^" + HEAD + "  in    a from\n" + DO, "from has a meaning of its own"),
    ("^" + HEAD + "  in    a b c d e f g i\n" + DO, "X1 to X7 are all there is"),
    # extends
    (HEAD + "  in a\n  ^extends rmm-1.0\n", "must stand right below `command`"),
    (HEAD + "  ^extends rmm-1.0\n", "rmm-1.0 has no RMI_X to extend"),
    (HEAD + "  extends ^1.0\n", "expected folder like rmm-1.0"),
    (HEAD + "  fail a : 1 == 1 => RMI_BUSY\n  ^drop a\n", "no condition a was inherited"),
]


@pytest.mark.parametrize(("text", "said"), ERRORS)
def test_an_error_says_where_and_what(text: str, said: str) -> None:
    before, _, after = text.partition("^")
    with pytest.raises(TableError) as caught:
        read(before + after)
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    if said == "found no directive":
        line = column = 1
    assert str(caught.value).startswith(f"t.rmi:{line}:{column}: ")
    assert said in str(caught.value)


def test_a_number_or_a_name_that_a_version_has_twice() -> None:
    def table(name: str, fid: str) -> str:
        return f"command {name} {fid}\n  unknown\n"

    one_file = read(table("RMI_A", "0xC4000150") + table("RMI_B", "0xC4000151"))
    check_version(one_file)
    check_version(one_file + read(table("RMI_B", "0xC4000151 for 2.0-bet0")))
    same_number = parse_table(table("RMI_C", "0xC4000151"), "other.rmi")
    with pytest.raises(TableError, match=r"^other.rmi:1:1: 0xC4000151 is RMI_B \(t.rmi:3\)"):
        check_version(one_file + same_number)
    same_name = parse_table(table("RMI_A", "0xC4000159"), "other.rmi")
    with pytest.raises(TableError, match=r"^other.rmi:1:1: RMI_A is RMI_A \(t.rmi:1\)"):
        check_version(one_file + same_name)


def test_what_do_names_must_fit_the_effect() -> None:
    def nothing(m: object, a: int, got: object) -> None: ...

    (command,) = read(HEAD + "  in    a b\n  do    nothing(a)\n")
    check_effect(command, {"nothing": nothing})
    with pytest.raises(TableError, match=r"^t.rmi:3:3: no such effect: nothing"):
        check_effect(command, {"other": nothing})
    (command,) = read(HEAD + "  in    a b\n  do    nothing(a, b)\n")
    with pytest.raises(TableError, match=r"^t.rmi:3:3: nothing\(m, a, b, got\): too many"):
        check_effect(command, {"nothing": nothing})

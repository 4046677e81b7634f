"""Values, and C's arithmetic on them.

`Value.bits` is the value's bit pattern, never negative; `number` reads it with
the sign of its type.  A value of a struct type is the *address* of a copy that
whoever takes it must copy on at once.  `Unknown` carries a label that names the
value the same way wherever it comes from, so that a branch on it is decided
once a run; arithmetic on it makes a longer label.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from linter.witness.ctype import (
    BOOL,
    INT,
    LONG,
    ULONG,
    Array,
    CType,
    Function,
    Int,
    Opaque,
    Pointer,
    Record,
    common,
    promote,
    spell,
)
from linter.witness.outcome import Fault, Stop

_LABEL = 160  # characters of a label, then a digest stands for the rest
WORD = (1 << 64) - 1

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Value(NamedTuple):
    ctype: CType
    bits: int

    @property
    def number(self) -> int:
        """The value as C sees it: negative where the type is signed and the top bit set."""
        if isinstance(self.ctype, Int) and self.ctype.signed and self.bits >> self.ctype.bits - 1:
            return self.bits - (1 << self.ctype.bits)
        return self.bits

    def __str__(self) -> str:
        return shown(self.number)


class Unknown(NamedTuple):
    """A value nobody gave; `test` is what it compares, where it is a truth value."""

    ctype: CType
    label: str
    test: Test | None = None

    def __str__(self) -> str:
        return self.label


class Test(NamedTuple):
    """`subject operator constant`, with the subject's type; the constant is a C number."""

    subject: str
    operator: str
    constant: int
    ctype: CType


def shown(number: int) -> str:
    """A number as a person reads it: small ones decimal, large ones hexadecimal."""
    return str(number) if -4096 < number < 4096 else hex(number)


def integer(number: int, ctype: CType = INT) -> Value:
    """A value of that type; the number wraps around."""
    if isinstance(ctype, Int):
        return Value(ctype, int(number != 0) if ctype is BOOL else number & (1 << ctype.bits) - 1)
    return Value(ctype, number & WORD)


def truth(flag: bool) -> Value:
    """What a comparison gives: an int."""
    return Value(INT, int(flag))


def label(source: str) -> str:
    """A label of bounded length that still tells one value from another."""
    if len(source) <= _LABEL:
        return source
    digest = blake2b(source.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{source[: _LABEL - 12]}…{digest}"


def arithmetic(ctype: CType) -> Int:
    """The integer type an operand counts as."""
    if isinstance(ctype, Int):
        return ctype
    if isinstance(ctype, (Pointer, Array, Function)):
        return ULONG
    if isinstance(ctype, Opaque):
        return ULONG
    raise Stop(f"{spell(ctype)} is used as a number")


def convert(value: Value | Unknown, ctype: CType) -> Value | Unknown:
    """The value as another scalar type: a cast, an assignment, a parameter."""
    if value.ctype is ctype and isinstance(ctype, Int):
        return value
    if isinstance(ctype, (Array, Function)):
        ctype = Pointer(ctype.of if isinstance(ctype, Array) else ctype)
    if isinstance(value, Unknown):
        if isinstance(ctype, Record) and not isinstance(value.ctype, (Record, Opaque)):
            raise Stop(f"{spell(value.ctype)} is used as a {spell(ctype)}")
        if ctype is BOOL and value.ctype is not BOOL and value.test is None:
            test = Test(value.label, "!=", 0, value.ctype)
            return Unknown(BOOL, label(f"{value.label} != 0"), test)
        if value.test is None and not _keeps(value.ctype, ctype):
            return Unknown(ctype, label(f"({spell(ctype)}){_bracket(value.label)}"))
        return value._replace(ctype=ctype)
    if isinstance(ctype, Record) or isinstance(value.ctype, Record):
        if value.ctype is ctype:
            return value
        raise Stop(f"{spell(value.ctype)} is used as a {spell(ctype)}")
    if isinstance(ctype, Opaque):
        return value
    if isinstance(ctype, (Int, Pointer)):
        return integer(value.number, ctype)
    return Value(ctype, 0)  # void


def _keeps(old: CType, new: CType) -> bool:
    """Does every number stay what it is?  Of an undeclared type we take that for granted."""
    if isinstance(old, Opaque) or not isinstance(new, (Int, Pointer)):
        return True
    one, other = arithmetic(old), arithmetic(new)
    if one.signed == other.signed:
        return other.bytes >= one.bytes
    return other.signed and other.bytes > one.bytes


def _bracket(source: str) -> str:
    return source if source.replace("_", "").isalnum() else f"({source})"


def is_true(value: Value) -> bool:
    return value.bits != 0


def unary(operator: str, value: Value | Unknown) -> Value | Unknown:
    """`-`, `+`, `~` and `!`."""
    if operator == "!":
        if isinstance(value, Value):
            return truth(not value.bits)
        old = value.test
        if old is not None:
            new = old._replace(operator=NEGATED[old.operator])
            return _unknown_test(new)
        return _unknown_test(Test(value.label, "==", 0, value.ctype))
    ctype = promote(arithmetic(value.ctype))
    value = convert(value, ctype)
    if isinstance(value, Unknown):
        return value if operator == "+" else Unknown(ctype, label(f"{operator}({value.label})"))
    if operator == "-":
        return integer(-value.number, ctype)
    return integer(~value.number, ctype) if operator == "~" else value


def _unknown_test(test: Test) -> Unknown:
    source = f"{test.subject} {test.operator} {shown(test.constant)}"
    return Unknown(INT, label(source), test)


def binary(operator: str, one: Value | Unknown, other: Value | Unknown) -> Value | Unknown:
    """An operator on two integers (pointers count as `unsigned long`); not `&&` and `||`."""
    left, right = arithmetic(one.ctype), arithmetic(other.ctype)
    shift = operator in ("<<", ">>")
    ctype = promote(left) if shift else common(left, right)
    a = convert(one, ctype)
    b = convert(other, promote(right) if shift else ctype)
    if isinstance(a, Value) and isinstance(b, Value):
        return _known(operator, a, b, ctype)
    return _unknown(operator, a, b, ctype)


def _known(operator: str, a: Value, b: Value, ctype: Int) -> Value:
    x, y = a.number, b.number
    match operator:
        case "+":
            return integer(x + y, ctype)
        case "-":
            return integer(x - y, ctype)
        case "*":
            return integer(x * y, ctype)
        case "/" | "%":
            if y == 0:
                raise Fault("a division by zero")
            quotient = abs(x) // abs(y)
            quotient = quotient if (x < 0) == (y < 0) else -quotient
            return integer(quotient if operator == "/" else x - quotient * y, ctype)
        case "<<" | ">>":
            if not 0 <= y < ctype.bits:
                raise Fault(f"a shift by {shown(y)}, of a type of {ctype.bits} bits")
            return integer(x << y if operator == "<<" else x >> y, ctype)
        case "&":
            return Value(ctype, a.bits & b.bits)
        case "|":
            return Value(ctype, a.bits | b.bits)
        case "^":
            return Value(ctype, a.bits ^ b.bits)
    return truth(compare(operator, x, y))


def compare(operator: str, x: int, y: int) -> bool:
    """A comparison of two C numbers."""
    match operator:
        case "==":
            return x == y
        case "!=":
            return x != y
        case "<":
            return x < y
        case "<=":
            return x <= y
        case ">":
            return x > y
        case ">=":
            return x >= y
    raise Stop(f"operator {operator} is not known")


def _unknown(operator: str, a: Value | Unknown, b: Value | Unknown, ctype: Int) -> Value | Unknown:
    """What is true whatever the unknown operand is, else a label."""
    zero = (isinstance(a, Value) and not a.bits, isinstance(b, Value) and not b.bits)
    if operator in ("*", "&") and any(zero):
        return Value(ctype, 0)
    if operator in ("+", "|", "^") and zero[0]:
        return b
    if operator in ("+", "|", "^", "-", "<<", ">>") and zero[1]:
        return a
    if operator in COMPARISONS:
        if isinstance(a, Value):
            a, b, operator = b, a, _TURNED[operator]
        assert isinstance(a, Unknown)
        if isinstance(b, Value):
            if a.test is not None and b.number == 0 and operator in ("==", "!="):
                turned = NEGATED[a.test.operator] if operator == "==" else a.test.operator
                return _unknown_test(a.test._replace(operator=turned))
            return _unknown_test(Test(a.label, operator, b.number, ctype))
        if a.label == b.label:
            return truth(operator in ("==", "<=", ">="))
        return Unknown(INT, label(f"{a.label} {operator} {b.label}"))
    if operator in ("-", "^") and isinstance(a, Unknown) and a == b:
        return Value(ctype, 0)
    return Unknown(ctype, label(f"({a} {operator} {b})"))


def difference(one: Value | Unknown, other: Value | Unknown, size: int) -> Value | Unknown:
    """`p - q` of two pointers to objects of `size` bytes."""
    bytes_ = binary("-", convert(one, LONG), convert(other, LONG))
    return bytes_ if size == 1 else binary("/", bytes_, integer(size, LONG))

"""C types as arm64 Linux has them (LP64, little endian).

Sizes and offsets are in bytes.  An enum is an `Int` of four bytes.  A `Record`
is a struct or union, compared by identity; one that is `open` (its declaration
is not at hand, or holds something whose size is not known) gives its fields
made-up offsets on demand and has no size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SLOT = 1 << 16  # bytes: the offsets in an open record are multiples of this


class Int(NamedTuple):
    """An integer type; two of the same width and sign behave alike whatever their name."""

    name: str
    bytes: int
    signed: bool
    rank: int  # C's conversion rank: `long` and `long long` are 8 bytes both

    @property
    def bits(self) -> int:
        return 8 * self.bytes


class Void(NamedTuple):
    name: str = "void"


class Pointer(NamedTuple):
    to: CType


class Array(NamedTuple):
    """`length` is None for `x[]`."""

    of: CType
    length: int | None


class Function(NamedTuple):
    result: CType
    params: tuple[CType, ...]


class Opaque(NamedTuple):
    """A type that nobody declared to us: how it is used decides (`name` says what it is of)."""

    name: str


class Field(NamedTuple):
    offset: int
    ctype: CType
    width: int | None = None  # bits of a bit-field, which cannot be read or written here


class Record:
    """A struct or union; `fields` holds those of anonymous members as well."""

    __slots__ = ("align", "alone", "complete", "fields", "keyword", "open", "order", "size", "tag")

    def __init__(self, keyword: str, tag: str) -> None:
        self.keyword = keyword
        self.tag = tag
        self.fields: dict[str, Field] = {}
        self.order: list[str] = []  # the members an initialiser goes through
        self.size = 0
        self.align = 1
        self.open = True
        self.complete: Callable[[], None] | None = None  # lays it out when first asked for
        self.alone = 0  # members that are records without a name, so far

    def __repr__(self) -> str:
        return f"{self.keyword} {self.tag or '(unnamed)'}"


CType = Int | Void | Pointer | Array | Function | Opaque | Record

BOOL = Int("bool", 1, False, 0)
CHAR = Int("char", 1, False, 1)  # unsigned on arm64
SCHAR = Int("signed char", 1, True, 1)
U8 = Int("u8", 1, False, 1)
SHORT = Int("short", 2, True, 2)
U16 = Int("u16", 2, False, 2)
INT = Int("int", 4, True, 3)
UINT = Int("unsigned int", 4, False, 3)
LONG = Int("long", 8, True, 4)
ULONG = Int("unsigned long", 8, False, 4)
LLONG = Int("long long", 8, True, 5)
ULLONG = Int("unsigned long long", 8, False, 5)
VOID = Void()
VOID_PTR = Pointer(VOID)

U32, S32, U64, S64 = UINT, INT, ULLONG, LLONG

_WORDS = {"signed", "unsigned", "short", "long", "int", "char", "__signed__", "__int128"}

TYPEDEFS: dict[str, CType] = {
    **dict.fromkeys(("bool", "_Bool"), BOOL),
    **dict.fromkeys(("u8", "__u8", "uint8_t", "unchar"), U8),
    **dict.fromkeys(("s8", "__s8", "int8_t"), SCHAR),
    **dict.fromkeys(("u16", "__u16", "uint16_t", "__le16", "__be16", "umode_t"), U16),
    **dict.fromkeys(("s16", "__s16", "int16_t"), SHORT),
    **dict.fromkeys(("u32", "__u32", "uint32_t", "__le32", "__be32", "gfp_t", "uint"), UINT),
    **dict.fromkeys(("fmode_t", "dev_t", "xa_mark_t", "__poll_t", "vm_fault_t"), UINT),
    **dict.fromkeys(("s32", "__s32", "int32_t", "pid_t"), INT),
    **dict.fromkeys(("u64", "__u64", "uint64_t", "__le64", "__be64"), ULLONG),
    **dict.fromkeys(("phys_addr_t", "dma_addr_t", "resource_size_t", "gpa_t", "gfn_t"), ULLONG),
    **dict.fromkeys(("hpa_t", "hva_t", "kvm_pfn_t", "hfn_t", "kvm_pte_t", "pteval_t"), ULLONG),
    **dict.fromkeys(("pmdval_t", "pudval_t"), ULLONG),
    **dict.fromkeys(("s64", "__s64", "int64_t", "loff_t", "ktime_t", "time64_t"), LLONG),
    **dict.fromkeys(("size_t", "uintptr_t", "ulong", "vm_flags_t", "pgoff_t"), ULONG),
    **dict.fromkeys(("ssize_t", "ptrdiff_t", "intptr_t", "off_t"), LONG),
    "gva_t": ULONG,
    "ushort": U16,
    "va_list": Opaque("va_list"),
}


def basic(words: list[str]) -> Int | None:
    """The type that `unsigned long int` and the like name; None if a word is none of C's."""
    if not words or not _WORDS.issuperset(words) or "__int128" in words:
        return None
    signed = "unsigned" not in words
    if "char" in words:
        if signed:
            return CHAR if words == ["char"] else SCHAR
        return U8
    if "short" in words:
        return SHORT if signed else U16
    if words.count("long") == 2:
        return LLONG if signed else ULLONG
    if "long" in words:
        return LONG if signed else ULONG
    return INT if signed else UINT


def promote(ctype: Int) -> Int:
    """The integer promotion: what is narrower than `int` becomes `int`."""
    return INT if ctype.rank < INT.rank else ctype


def common(one: Int, other: Int) -> Int:
    """The usual arithmetic conversions."""
    one, other = promote(one), promote(other)
    if one.signed == other.signed:
        return one if one.rank >= other.rank else other
    unsigned, signed = (other, one) if one.signed else (one, other)
    if unsigned.rank >= signed.rank:
        return unsigned
    if signed.bytes > unsigned.bytes:
        return signed
    return _UNSIGNED[signed.rank]


_UNSIGNED = {3: UINT, 4: ULONG, 5: ULLONG}


def spell(ctype: CType) -> str:
    """The type as C would write it, more or less."""
    match ctype:
        case Pointer(to):
            inner = spell(to)
            return f"{inner}*" if inner.endswith("*") else f"{inner} *"
        case Array(of, length):
            return f"{spell(of)}[{'' if length is None else length}]"
        case Function(result, _):
            return f"{spell(result)} ()"
        case Record():
            return repr(ctype)
    return ctype.name


def scalar(ctype: CType) -> bool:
    return isinstance(ctype, (Int, Pointer))

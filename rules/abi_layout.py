"""The structures that host and RMM share: where C puts the fields, and where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from linter.lazy import regex
from linter.source.expr import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.unit import Unit
    from linter.source.world import World

# major, name, size: field and offset
_TABLE: Final = """
1 realm_params 0x1000: flags 0 s2sz 8 sve_vl 10 num_bps 18 num_wps 20 pmu_num_ctrs 28
  hash_algo 30 rpv 400 vmid 800 rtt_base 808 rtt_level_start 810 rtt_num_start 818
1 rec_params 0x1000: flags 0 mpidr 100 pc 200 gprs 300 num_aux 800 num_rec_aux 800 aux 808
1 rec_enter 0x800: flags 0 gprs 200 gicv3_hcr 300 gicv3_lrs 308
1 rec_exit 0x800: exit_reason 0 esr 100 far 108 hpfar 110 gprs 200 gicv3_hcr 300 gicv3_lrs 308
  gicv3_misr 388 gicv3_vmcr 390 cntp_ctl 400 cntp_cval 408 cntv_ctl 410 cntv_cval 418
  ripas_base 500 ripas_top 508 ripas_value 510 imm 600 pmu_ovf_status 700
1 rec_run 0x1000: enter 0 exit 800
2 rmm_config 0x1000: tracking_region_size 0 rmi_granule_size 8
2 realm_params 0x1000: flags 0 flags0 0 s2sz 8 sve_vl 10 num_bps 18 num_wps 20 pmu_num_ctrs 28
  hash_algo 30 num_aux_planes 38 rpv 400 ats_plane 440 rtt_base 808 rtt_level_start 810
  rtt_num_start 818 flags1 820 max_num_vdevs 828 aux_rtt_base f80
2 rec_params 0x1000: flags 0 mpidr 100 pc 200 gprs 300
2 rec_enter 0x800: flags 0 gprs 200
2 rec_exit 0x800: exit_reason 0 esr 100 far 108 hpfar 110 rtt_tree 118 rtt_level 120 gprs 200
  cntp_ctl 400 cntp_cval 408 cntv_ctl 410 cntv_cval 418 ripas_base 500 ripas_top 508
  ripas_value 510 s2ap_base 520 s2ap_top 528 vdev_id_1 530 vdev_id_2 538 dev_mem_base 540
  dev_mem_top 548 dev_mem_pa 550 imm 600 plane 608 pmu_ovf_status 700 vsmmu 710
2 rec_run 0x1000: enter 0 exit 800
"""
# What a posted header has and an RMM has not: one of the two may read another beta.
DOUBTFUL: Final = frozenset({("realm_params", "aux_rtt_base", 0x828)})
_PREFIX = regex(r"^(?:arm_|cca_)*(?:rmi_)?(?=rmm_|realm_|rec_)")
_SIZES: Final = {
    **dict.fromkeys(("u8", "s8", "__u8", "__s8", "uint8_t", "int8_t", "char", "bool"), 1),
    **dict.fromkeys(("u16", "s16", "__u16", "__s16", "uint16_t", "int16_t", "short"), 2),
    **dict.fromkeys(("u32", "s32", "__u32", "__s32", "uint32_t", "int32_t", "int"), 4),
    **dict.fromkeys(("u64", "s64", "__u64", "__s64", "uint64_t", "int64_t", "long"), 8),
    **dict.fromkeys(("phys_addr_t", "gpa_t", "size_t", "__le64", "uintptr_t"), 8),
    **dict.fromkeys(("__le32", "unsigned"), 4),
    "__le16": 2,
}
_SIZED = regex(r"^(?:(?:un)?signed |long |const |volatile )+(?=\w+$)")
_ALIGNED = regex(rb"packed|aligned|#[ \t]*(?:if|el|end)")


class Shared(NamedTuple):
    """A structure of the interface, by the specification."""

    size: int
    offsets: dict[str, int]


class Field(NamedTuple):
    """A field as the declaration has it; `before` is what was declared last before it."""

    name: str
    offset: int
    node: Node
    before: Node | None


class Layout(NamedTuple):
    size: int
    fields: list[Field]


def shared(tag: str, major: str) -> Shared | None:
    """What the specification says of a structure, None if it is none of the interface's."""
    name = _PREFIX.sub("", tag)
    for entry in _TABLE.replace("\n  ", " ").split("\n"):
        head, _, fields = entry.partition(": ")
        if head.split()[:2] == [major, name]:
            words = fields.split()
            offsets = (int(offset, 16) for offset in words[1::2])
            return Shared(int(head.split()[2], 16), dict(zip(words[::2], offsets, strict=True)))
    return None


def layout(unit: Unit, node: Node) -> Layout | None:
    """Where the fields of a structure are, None if something in it is not known here."""
    # attributes are blanks in the parsed text
    if _ALIGNED.search(unit.source, node.start_byte, _end(unit.source, node)):
        return None
    try:
        laid = _Laid(unit.world)
        size, _ = laid.body(node)
    except _Unknown:
        return None
    return Layout(size, laid.fields)


def _end(source: bytes, node: Node) -> int:
    """Past the `;` of the declaration: what stands before it may be an attribute."""
    end = source.find(b";", node.end_byte)
    return node.end_byte if end < 0 else end


class _Unknown(Exception):
    pass


class _Laid:
    """One structure being laid out; the fields of unnamed members are its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.fields: list[Field] = []
        self.depth = 0
        self.last: Node | None = None

    def body(self, node: Node, base: int = 0) -> tuple[int, int]:
        """Size and alignment of a struct or union with a body, laid at `base`."""
        self.depth += 1
        if self.depth > 20:
            raise _Unknown
        at, size, align = 0, 0, 1
        union = node.type == "union_specifier"
        for member in _members(node):
            for name, length, step, inner in self.member(member):
                at = 0 if union else -(-at // step) * step
                align = max(align, step)
                if inner is not None:
                    self.body(inner, base + at)
                elif name:
                    self.fields.append(Field(name, base + at, member, self.last))
                    self.last = member
                at += length
                size = max(size, at)
        self.depth -= 1
        return -(-size // align) * align, align

    def member(self, member: Node) -> Iterator[tuple[str, int, int, Node | None]]:
        """Name, size, alignment of each thing declared; the body of an unnamed member."""
        if any(child.type == "bitfield_clause" for child in member.children):
            raise _Unknown
        kind = member.child_by_field_name("type")
        declarators = member.children_by_field_name("declarator")
        if kind is None:
            raise _Unknown
        size, align = self.type(kind)
        if not declarators:
            yield "", size, align, kind
        for declarator in declarators:
            name, count, pointer = self.declarator(declarator)
            yield name, (8 if pointer else size) * count, 8 if pointer else align, None

    def declarator(self, node: Node) -> tuple[str, int, bool]:
        """Name, number of elements, and whether they are pointers."""
        count, pointer = 1, False
        while node.type != "field_identifier":
            inner = node.child_by_field_name("declarator")
            if node.type == "array_declarator":
                length = self.world.number(text(node.child_by_field_name("size")))
                if length is None:
                    raise _Unknown
                count *= length
            elif node.type == "pointer_declarator":
                pointer = True
            elif node.type == "parenthesized_declarator":
                raise _Unknown  # a pointer to an array or to a function
            if inner is None:
                raise _Unknown
            node = inner
        return text(node), count, pointer

    def type(self, kind: Node) -> tuple[int, int]:
        if kind.type in ("struct_specifier", "union_specifier"):
            if kind.child_by_field_name("body") is None:
                known = self.world.struct(text(kind.child_by_field_name("name")))
                if known is None or _ALIGNED.search(
                    known[0].source, known[1].start_byte, _end(known[0].source, known[1])
                ):
                    raise _Unknown
                kind = known[1]
            apart = _Laid(self.world)  # its fields are not ours
            apart.depth = self.depth
            return apart.body(kind)
        name = " ".join(text(kind).split())
        size = 8 if name.endswith("long") else _SIZES.get(_SIZED.sub("", name), 0)
        if kind.type == "enum_specifier":
            size = 4
        if not size:
            raise _Unknown
        return size, size


def _members(node: Node) -> Iterator[Node]:
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else []:
        if child.type == "field_declaration":
            yield child
        elif child.type != "comment":
            raise _Unknown

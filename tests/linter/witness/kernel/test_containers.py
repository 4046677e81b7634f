"""From a member to its struct, lists, xarrays."""

from __future__ import annotations

import pytest

from linter.witness.value import Unknown
from tests.linter.witness.kernel.bench import Bench

STRUCTS = """
struct inner { int a; int b; };
struct item { long n; struct inner in; struct list_head link; };
struct closed { struct xarray *xa; };
"""


def of(statements: str) -> str:
    return f"{STRUCTS}long f(struct closed *c, void *q)\n{{\n{statements}\n}}\n"


def test_from_a_member_to_what_holds_it() -> None:
    source = of("""
        struct item i = { 5 };
        return container_of(&i.link, struct item, link)->n * 10 +
               (container_of(&i.in.b, struct item, in.b) == &i) * 2 +
               (list_entry(&i.link, struct item, link) == &i);""")
    assert Bench(source).number() == 53


def test_from_an_open_struct_and_back() -> None:
    source = """
    long f(struct kvm *kvm)
    {
        struct kvm_arch *arch = &kvm->arch;
        return container_of(arch, struct kvm, arch) == kvm;
    }
    """
    assert Bench(source).number() == 1


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("container_of(&i.link, struct item, nobody)", "nobody"),
        ("container_of(&i.link, struct item, n.a)", "`n.a`"),
        ("container_of(&i.link, tulip, n)", "tulip"),
        ("container_of(&i.link, struct item)", "takes 3 arguments"),
    ],
)
def test_what_is_no_member_stops(expression: str, why: str) -> None:
    source = of(f"struct item i;\nreturn (long){expression};")
    assert why in Bench(source).reason("stopped")


def test_lists_are_built_and_taken_apart() -> None:
    source = of("""
        LIST_HEAD(head);
        struct item a = { 1 }, b = { 2 }, c = { 3 }, *pos;
        long n = list_empty(&head), first;
        list_add_tail(&b.link, &head);
        list_add_tail(&c.link, &head);
        list_add(&a.link, &head);
        first = list_first_entry(&head, struct item, link)->n * 100 +
                list_last_entry(&head, struct item, link)->n * 10 +
                list_next_entry(&a, link)->n;
        list_del(&b.link);
        list_for_each_entry(pos, &head, link)
                n = n * 10 + pos->n;
        list_del_init(&a.link);
        list_del_init(&c.link);
        n += list_first_entry_or_null(&head, struct item, link) ? 0 : 5000;
        return n + first * 10000 + list_empty(&a.link) * 10000000;""")
    assert Bench(source).number() == 10000000 + 132 * 10000 + 5000 + 113


def test_an_xarray_gives_what_was_stored() -> None:
    source = of("""
        void *one = kzalloc(8, GFP_KERNEL);
        xa_store(c->xa, 7, one, GFP_KERNEL);
        return (xa_load(c->xa, 7) == one) + (xa_insert(c->xa, 7, q, 0) == -EBUSY) * 10 +
               (xa_erase(c->xa, 7) == one) * 100 + (xa_load(c->xa, 7) == NULL) * 1000;""")
    assert Bench(source).number() == 1111


def test_what_was_in_an_xarray_before_is_not_known_but_stays_the_same() -> None:
    source = of("return xa_load(c->xa, 7) == xa_load(c->xa, 7) && xa_load(c->xa, 7);")
    assert [Bench(source, decisions=[d]).number() for d in (True, False)] == [1, 0]
    assert isinstance(Bench(of("return (long)xa_load(c->xa, 7);")).value(), Unknown)

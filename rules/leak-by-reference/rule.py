"""leak-by-reference: a page is kept from the allocator by one more reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.ownership import sources_of, successes
from rules.registry import PART, RMI, Anywhere
from rules.vocabulary import failures, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function

SEVERITY = "info"
CATALOGUE = ("LEAK-BY-REF",)
WORDS = (RMI, Anywhere(("undelegate",)), ("get_page", "folio_get", "page_ref_inc"))
NEEDS = PART
TITLE = "a page that cannot be undelegated is leaked by taking a reference"
WHY = (
    "guest_memfd expects that nobody else holds references to its pages: truncation and conversion "
    "wait for them, or treat them as in use for ever."
)
FIX = "Mark the page as poisoned, or keep it out of the allocator in a way its owner knows about."
EVIDENCE = ("Vishal Annapurve on [PATCH v9 19/43] and 20/43; still open in v14",)

_TAKES = ("get_page", "folio_get", "page_ref_inc")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    takes = facts.calls(lambda name: name in _TAKES)
    told: set[int] = set()
    for site in facts.calls(is_undelegate) if takes else ():
        for take in _taken(facts, site, takes):
            if take.node.start_byte not in told:
                told.add(take.node.start_byte)
                yield function.finding(
                    take.node,
                    f"where {site.name}() fails the page is leaked by a reference: guest_memfd, "
                    "if the page is its own, waits for that reference to go away",
                    related=[function.place(site.node, "the page could not be taken back here")],
                )


def _taken(facts: Facts, site: Site, takes: list[Site]) -> Iterator[Site]:
    """The references that are taken right behind a failure, with a page that it names."""
    names = set().union(*(sources_of(facts, site.point, arg) for arg in site.call.args))
    fine = {point for walk in successes(facts, site) for point, _ in walk}
    for walk in failures(facts, site):
        for point, _ in walk:
            for take in takes:
                if take.point is not point or point in fine or not take.call.args:
                    continue
                if sources_of(facts, point, take.call.args[0]) & names:
                    yield take
            if point is site.point:
                walk.skip()

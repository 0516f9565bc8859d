"""Advisories.find, numbers and fixes: looking into all that is known of vulnerabilities."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from hostward.domain.ids import VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.matching import level_or_unknown
from hostward.domain.options import Category
from hostward.domain.severity import Level
from hostward.usecases.advisory_ports import Fix
from hostward.usecases.ports import Store
from hostward.usecases.records import TaskVul
from store_samples import NOW, advisory, affects

UNSAID = ("GONE-1", "CVE-77")
"""Of these no feed speaks (any more)."""

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]


def filled(store: Store) -> None:
    """Three feeds that agree on little, one of them imported twice; one vulnerability that no feed speaks of."""
    debian = [
        advisory("CVE-1", affects(), title="OpenSSL: a Flaw", level=Level.LOW, level_source="debian urgency"),
        advisory("CVE-2", affects("zlib"), title="100% of_it", published=DAYS[1]),
        advisory("CVE-3", affects(fixed="")),
        advisory("GONE-1", affects(), title="only once", published=DAYS[0], level=Level.CRITICAL, level_source="x"),
    ]
    python = affects("ssl", "1.1", ecosystem="PyPI")
    osv = [
        advisory(
            "CVE-1", python, feed="osv", level=Level.CRITICAL, level_source="database severity", published=DAYS[0]
        ),
        advisory("CVE-4", python, feed="osv", level=Level.HIGH, level_source="vendor", published=DAYS[2]),
    ]
    kev = [advisory("CVE-1", feed="kev", kev=True), advisory("CVE-9", feed="kev", kev=True, published=DAYS[1])]
    for feed, told in (("debian", debian), ("osv", osv), ("kev", kev), ("debian", debian[:-1])):
        store.write_now(
            lambda uow, feed=feed, told=told: uow.advisories.replace(feed, told, ecosystems=(), digest="d", now=NOW)
        )
    store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-77"]))


def find(store: Store, limit: int = 100, offset: int = 0, **asked) -> tuple[int, list[str]]:
    """How many, and the names of the page."""

    def work(uow) -> tuple[int, list[str]]:
        total, ids = uow.advisories.find(KnownVulQuery(**asked), limit=limit, offset=offset)
        return total, [vul.key for vul in uow.advisories.vuls(ids)]

    return store.read_now(work)


def everything(store: Store) -> Sequence[TaskVul]:
    """All that is known, one by one."""
    return store.read_now(lambda uow: uow.advisories.vuls([VulId(number) for number in range(1, 100)]))


def test_without_a_wish_all_that_are_known_come_by_number(store: Store) -> None:
    """Those that no feed speaks of are left out: a host of some account may have named them."""
    filled(store)
    names = ["CVE-1", "CVE-2", "CVE-3", "CVE-4", "CVE-9"]
    assert find(store) == (5, names)
    assert find(store, descending=True) == (5, names[::-1])


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"texts": ("FLAW",)}, ["CVE-1"]),
        ({"texts": ("cve-7", "once")}, []),
        ({"texts": ("0% of_",)}, ["CVE-2"]),
        ({"texts": ("%",)}, ["CVE-2"]),
        ({"keys": ("CVE-9", "CVE-4", "CVE-0")}, ["CVE-4", "CVE-9"]),
        ({"levels": frozenset({Level.LOW})}, ["CVE-1"]),
        ({"levels": frozenset({Level.CRITICAL, Level.HIGH})}, ["CVE-4"]),
        ({"levels": frozenset({Level.MEDIUM})}, ["CVE-2", "CVE-3", "CVE-9"]),
        ({"categories": frozenset({Category.APPLICATION})}, ["CVE-4"]),
        ({"exploited": True}, ["CVE-1", "CVE-9"]),
        ({"exploited": True, "texts": ("9",)}, ["CVE-9"]),
        ({"published": True}, ["CVE-3", "CVE-2", "CVE-9", "CVE-4", "CVE-1"]),
        ({"published": True, "descending": True}, ["CVE-1", "CVE-4", "CVE-2", "CVE-9", "CVE-3"]),
    ],
)
def test_each_wish_is_met(store: Store, asked: dict, names: list[str]) -> None:
    """The most trusted source tells the level, the newest that says anything tells the rest."""
    filled(store)
    assert find(store, **asked) == (len(names), names)


def test_what_is_found_is_what_is_shown(store: Store) -> None:
    """For every level and category: those whose shown level and category are the ones asked for, and no others."""
    filled(store)
    for level, category in product(Level, Category):
        expected = [
            vul.key
            for vul in everything(store)
            if (level_or_unknown(vul.level, vul.level_source)[0], vul.category) == (level, category)
            and vul.key not in UNSAID
        ]
        asked = {"levels": frozenset({level}), "categories": frozenset({category})}
        assert find(store, **asked) == (len(expected), expected)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_are_disjoint_and_whole(store: Store, size: int) -> None:
    """Put together they are the list, whatever their size; past the end there is nothing but the total."""
    filled(store)
    total, names = find(store, published=True)
    pages = [find(store, size, offset, published=True) for offset in range(0, total, size)]
    assert ([name for _, page in pages for name in page], {seen for seen, _ in pages}) == (names, {total})
    assert find(store, size, total, published=True) == (total, [])


def test_numbers_are_told_and_not_given(store: Store) -> None:
    """Asking for a name that nobody knows leaves it unknown."""
    filled(store)
    asked = ["CVE-2", "CVE-5", "CVE-1"]
    known = store.read_now(lambda uow: uow.advisories.numbers(asked))
    assert known == {"CVE-2": 2, "CVE-1": 1}
    assert find(store)[0] == 5


def test_the_versions_that_fix_it_are_told_once(store: Store) -> None:
    """From every advisory about it, and from those that fix it among others."""
    filled(store)
    errata = replace(advisory("DSA-1", affects("openssl", "3.0.9-1")), aliases=("CVE-1", "CVE-10"))
    store.write_now(lambda uow: uow.advisories.replace("dsa", [errata], ecosystems=(), digest="d", now=NOW))
    numbers = store.read_now(lambda uow: uow.advisories.numbers(["CVE-1", "CVE-3", "CVE-10", "DSA-1"]))

    def fixes(key: str, limit: int = 10) -> list[Fix]:
        return list(store.read_now(lambda uow: uow.advisories.fixes(numbers[key], limit=limit)))

    among = Fix("Debian:12", "openssl", "3.0.9-1")
    first = Fix("Debian:12", "openssl", "3.0.2-1")
    assert fixes("CVE-1") == [first, among, Fix("PyPI", "ssl", "1.1")]
    assert fixes("CVE-1", 1) == [first]
    assert (fixes("CVE-10"), fixes("CVE-3")) == ([among], [])
    assert store.read_now(lambda uow: uow.advisories.fixes(VulId(999), limit=5)) == []

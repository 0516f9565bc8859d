"""ports.Advisories and Results.matches: vulnerability data, and what it says of a machine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hostward.domain.advisory import Advisory, Affected, FixStatus, Match
from hostward.domain.errors import FeedError
from hostward.domain.ids import LeaseId, MachineId, VulId
from hostward.domain.matching import KERNEL_HEADERS, KERNEL_NOT_RUNNING
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.severity import Level
from hostward.usecases.ports import Store
from hostward.usecases.records import FeedStatus, Item, TaskVul
from store_samples import NOW, account, advisory, affects, fleet, package

LEASE = LeaseId(7)
DEBIAN = ("Debian:12", "Debian:11")


def replace_feed(store: Store, *advisories: Advisory, feed: str = "debian", digest: str = "d1") -> FeedStatus:
    """Import a feed."""
    return store.write_now(
        lambda uow: uow.advisories.replace(feed, advisories, ecosystems=DEBIAN, digest=digest, now=NOW)
    )


def matches(store: Store, items: Sequence[Item], machine: MachineId | None = None) -> Sequence[Match]:
    """What the advisories say of a machine with these."""
    machine = machine or fleet(store, account(store), 1)[0].id
    store.write_now(lambda uow: uow.results.add(machine, LEASE, 0, items))
    return store.read_now(lambda uow: uow.results.matches(machine, LEASE))


def keys(found: Sequence[Match]) -> list[tuple[str, str]]:
    """Packages and vulnerabilities."""
    return [(match.name, match.key) for match in found]


def test_an_import_is_told_of(store: Store) -> None:
    """Feeds come by name, ecosystems sorted and once."""
    status = replace_feed(store, advisory("CVE-1", affects()), advisory("CVE-2"))
    expected = FeedStatus(feed="debian", advisories=2, ecosystems=("Debian:11", "Debian:12"), imported=NOW, digest="d1")
    second = replace_feed(store, feed="a")
    assert (status, store.read_now(lambda uow: uow.advisories.feeds())) == (expected, [second, expected])


def test_an_ecosystem_is_covered_by_its_own_release(store: Store) -> None:
    """Another release, or its family, is not."""
    replace_feed(store)
    names = ("Debian:12", "Debian:13", "Debian", "PyPI")
    assert store.read_now(lambda uow: [uow.advisories.covers(name) for name in names]) == [True, False, False, False]


def test_nothing_is_covered_at_first(store: Store) -> None:
    """Without a feed nothing can be judged."""
    assert store.read_now(lambda uow: (uow.advisories.covers("Debian:12"), uow.advisories.feeds())) == (False, [])


def test_a_feeds_earlier_data_is_gone(store: Store) -> None:
    """What it no longer says no longer matches; other feeds stay."""
    replace_feed(store, advisory("CVE-1", affects()), advisory("CVE-2", affects()))
    replace_feed(store, advisory("CVE-3", affects(), feed="osv"), feed="osv")
    replace_feed(store, advisory("CVE-2", affects()))
    assert keys(matches(store, [package()])) == [("openssl", "CVE-2"), ("openssl", "CVE-3")]


def test_a_failed_import_changes_nothing(store: Store) -> None:
    """All or nothing: the data before it is what counts."""
    replace_feed(store, advisory("CVE-1", affects()))
    with pytest.raises(FeedError, match="CVE-2"):
        replace_feed(store, advisory("CVE-2", affects()), advisory("CVE-2", affects()), digest="d2")
    assert keys(matches(store, [package()])) == [("openssl", "CVE-1")]
    assert [status.digest for status in store.read_now(lambda uow: uow.advisories.feeds())] == ["d1"]


def test_a_range_of_a_version_that_can_not_be_holds_nothing(store: Store) -> None:
    """It would silently match everything; the advisory's other ranges count."""
    replace_feed(store, advisory("CVE-1", affects(fixed=" "), affects("zlib", introduced=" ")))
    replace_feed(store, advisory("CVE-2", affects(fixed=" "), affects(fixed="9"), feed="b"), feed="b")
    assert keys(matches(store, [package(), package("zlib")])) == [("openssl", "CVE-2")]


def test_vulnerabilities_have_permanent_numbers(store: Store) -> None:
    """The same key has the same number ever after, new keys get new ones."""
    first = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-2", "CVE-1", "CVE-2"]))
    second = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-3", "CVE-1"]))
    assert (first, second) == ({"CVE-2": 1, "CVE-1": 2}, {"CVE-3": 3, "CVE-1": 2})


def test_no_keys_have_no_numbers(store: Store) -> None:
    """Nothing is taken for nothing."""
    assert store.write_now(lambda uow: uow.advisories.vul_ids([])) == {}


def test_what_is_known_of_a_vulnerability_is_shown(store: Store) -> None:
    """Everything a feed says, in the order asked for; unknown numbers are left out."""
    published = datetime(2026, 1, 2, tzinfo=UTC)
    said = advisory(
        "CVE-1",
        affects(),
        title="Überlauf",
        description="long",
        level=Level.HIGH,
        level_source="debian urgency",
        cvss=7.5,
        vector="CVSS:3.1/AV:N",
        reference="https://example.org/1",
        published=published,
    )
    replace_feed(store, said)
    ids = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-0", "CVE-1"]))
    found = store.read_now(lambda uow: uow.advisories.vuls([ids["CVE-1"], VulId(99), ids["CVE-0"]]))
    expected = TaskVul(
        id=ids["CVE-1"],
        key="CVE-1",
        level=Level.HIGH,
        level_source="debian urgency",
        cvss=7.5,
        vector="CVSS:3.1/AV:N",
        title="Überlauf",
        description="long",
        reference="https://example.org/1",
        published=published,
        category=4,
        component="",
        fixed="",
        machines=0,
    )
    assert (found[0], found[1].key, len(found)) == (expected, "CVE-0", 2)


def test_a_feed_that_says_nothing_leaves_what_another_said(store: Store) -> None:
    """Texts, level and score of an earlier feed stay where a later one has none."""
    rich: dict[str, Any] = {
        "title": "t",
        "description": "d",
        "reference": "r",
        "level": Level.LOW,
        "level_source": "x",
        "vector": "v",
    }
    replace_feed(store, advisory("CVE-1", affects(), cvss=3.0, published=NOW, **rich))
    before = store.read_now(lambda uow: uow.advisories.vuls([VulId(1)]))
    replace_feed(store, advisory("CVE-1", feed="osv"), feed="osv")
    assert store.read_now(lambda uow: uow.advisories.vuls([VulId(1)])) == before


def test_a_feed_that_says_more_takes_its_place(store: Store) -> None:
    """A later feed's level, score and texts count."""
    replace_feed(store, advisory("CVE-1", title="old", level=Level.CRITICAL, level_source="a", cvss=9.9, vector="v1"))
    replace_feed(store, advisory("CVE-1", feed="z", title="new", level=Level.LOW, level_source="b", cvss=1.0), feed="z")
    found = store.read_now(lambda uow: uow.advisories.vuls([VulId(1)]))[0]
    assert (found.title, found.level, found.level_source, found.cvss, found.vector) == ("new", Level.LOW, "b", 1.0, "")


def test_the_worst_of_one_feeds_advisories_counts(store: Store) -> None:
    """Several advisories of a feed may speak of one vulnerability: worst level, highest score, first texts."""
    one = advisory("CVE-1", title="first", level=Level.LOW, level_source="a", cvss=2.0, vector="v2")
    two = replace(one, id="OTHER", title="second", level=Level.HIGH, level_source="b", cvss=8.0, vector="v8")
    replace_feed(store, one, two)
    found = store.read_now(lambda uow: uow.advisories.vuls([VulId(1)]))[0]
    assert (found.title, found.level, found.level_source, found.cvss, found.vector) == (
        "first",
        Level.HIGH,
        "b",
        8.0,
        "v8",
    )


def test_a_match_says_all_that_its_advisory_says(store: Store) -> None:
    """Package, path, fix, level and where it is known from."""
    replace_feed(
        store, advisory("CVE-1", affects(), level=Level.HIGH, level_source="debian urgency", cvss=7.5, title="t")
    )
    found = matches(store, [package("libssl3", source="openssl", source_version="3.0.1-1", path=b"/x")])
    expected = Match(
        key="CVE-1",
        name="libssl3",
        source="openssl",
        version="3.0.1-1",
        ecosystem="Debian:12",
        path=b"/x",
        fixed="3.0.2-1",
        status=FixStatus.FIXED,
        level=Level.HIGH,
        level_source="debian urgency",
        cvss=7.5,
        evidence="debian CVE-1",
    )
    assert found == [expected]


@pytest.mark.parametrize(
    ("affected", "expected"),
    [
        (affects(fixed="3.0.1-2"), True),
        (affects(fixed="3.0.1-1"), False),
        (affects(fixed="3.0.1-1+deb12u1"), True),
        (affects(fixed="3.0.1~rc1"), False),
        (affects(fixed="1:1.0"), True),
        (affects(fixed=""), True),
        (affects(fixed="", introduced="3.0.1-1"), True),
        (affects(fixed="", introduced="3.0.1-1.1"), False),
        (affects(fixed="", last="3.0.1-1"), True),
        (affects(fixed="", last="3.0.1"), False),
        (affects(fixed="9", last="3.0.1"), False),
        (affects(fixed="3.0.1-1", last="9"), False),
        (affects(ecosystem="Debian:11"), False),
        (affects(name="Openssl"), False),
        (affects(ecosystem="PyPI"), False),
    ],
)
def test_a_range_holds_as_its_ecosystems_order_says(store: Store, affected: Affected, expected: bool) -> None:
    """Half-open above, closed below, inclusive where the last affected version is named."""
    replace_feed(store, advisory("CVE-1", affected))
    assert bool(matches(store, [package(version="3.0.1-1")])) is expected


def test_an_advisory_matches_once_by_its_first_range(store: Store) -> None:
    """Ranges that overlap are one finding."""
    replace_feed(store, advisory("CVE-1", affects(fixed="1"), affects(fixed="4.0"), affects(fixed="5.0")))
    assert [match.fixed for match in matches(store, [package()])] == ["4.0"]


def test_matches_come_package_by_package(store: Store) -> None:
    """In the order of the inventory; of one package by feed and id; two packages of one source both."""
    replace_feed(store, advisory("CVE-9", affects(), feed="b"), feed="b")
    replace_feed(store, advisory("CVE-2", affects()), advisory("CVE-1", affects(), affects("zlib", "9")), feed="a")
    libssl = package("libssl3", source="openssl", source_version="3.0.1-1")
    found = keys(matches(store, [package("zlib", "1"), libssl, package()]))
    expected = [("zlib", "CVE-1")]
    expected += [(name, key) for name in ("libssl3", "openssl") for key in ("CVE-1", "CVE-2", "CVE-9")]
    assert found == expected


def test_packages_that_can_not_be_ordered_never_match(store: Store) -> None:
    """An ecosystem without an order, an empty version: kept, and matched by nothing."""
    replace_feed(store, advisory("CVE-1", affects("rails", "9", ecosystem="ConanCenter"), affects(fixed="")))
    odd: list[Package] = [package("rails", "1", ecosystem="ConanCenter"), package(source_version="")]
    assert matches(store, odd) == []


def test_the_kernels_that_do_not_run_are_hidden(store: Store) -> None:
    """Headers and other kernels' images are listed with the reason why they do not count."""
    replace_feed(store, advisory("CVE-1", affects("linux", "9")))
    kernel = {"source": "linux", "source_version": "6.1"}
    names = ("linux-image-6.1.0-18-amd64", "linux-image-6.1.0-17-amd64", "linux-libc-dev")
    facts = HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel="6.1.0-18-amd64")
    found = matches(store, [*(package(name, "6.1", **kernel) for name in names), facts])
    assert [match.hidden for match in found] == ["", KERNEL_NOT_RUNNING, KERNEL_HEADERS]


def evidence(cve: str = "CVE-7", urgency: str = "high", version: str = "3.0.1-1") -> Evidence:
    """What a host's changelog says of its openssl."""
    return Evidence(
        ecosystem="Debian:12", source="openssl", source_version=version, cve=cve, fixed="3.0.2-1", urgency=urgency
    )


def test_a_hosts_own_evidence_matches_its_packages(store: Store) -> None:
    """After the advisories of the package, with the level of the changelog's urgency."""
    replace_feed(store, advisory("CVE-8", affects()))
    found = matches(store, [evidence(), package()])
    assert keys(found) == [("openssl", "CVE-8"), ("openssl", "CVE-7")]
    assert (found[1].level, found[1].evidence) == (Level.HIGH, "changelog of openssl 3.0.2-1")


def test_evidence_of_another_version_says_nothing(store: Store) -> None:
    """It must speak of exactly what is installed."""
    assert matches(store, [evidence(version="3.0.0-1"), package()]) == []


def test_evidence_speaks_of_its_own_machine_only(store: Store) -> None:
    """A hostile agent can put nothing on another machine, nor on another lease of its own."""
    one, two = (machine.id for machine in fleet(store, account(store), 2))
    assert len(matches(store, [evidence(), package()], one)) == 1
    assert matches(store, [package()], two) == []
    store.write_now(lambda uow: uow.results.add(one, LeaseId(8), 0, [package()]))
    assert store.read_now(lambda uow: uow.results.matches(one, LeaseId(8))) == []


def test_the_ecosystems_of_an_inventory_are_known(store: Store) -> None:
    """Each once, of this lease alone."""
    matches(store, [package(), package("zlib"), package("requests", ecosystem="PyPI")])
    found = store.read_now(lambda uow: [uow.results.ecosystems(MachineId(1), LeaseId(number)) for number in (7, 8)])
    assert found == [{"Debian:12", "PyPI"}, frozenset()]

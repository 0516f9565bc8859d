"""ports.Advisories: a feed's new data beside the old, what feeds say in general, and how well they are renewed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.domain.ids import EditionId, VulId
from hostward.domain.severity import Level
from hostward.usecases.ports import Store
from hostward.usecases.records import FeedHealth, FeedStatus, TaskVul
from store_samples import NOW, advisory, affects


def begun(store: Store, *advisories: Advisory, feed: str = "debian") -> EditionId:
    """An edition that is being written."""
    edition = store.write_now(lambda uow: uow.advisories.begin(feed))
    store.write_now(lambda uow: uow.advisories.add(edition, advisories))
    return edition


def publish(store: Store, edition: EditionId, feed: str = "debian", digest: str = "d") -> FeedStatus:
    """Let it count."""
    status = FeedStatus(feed=feed, advisories=1, ecosystems=("Debian:12",), imported=NOW, digest=digest)
    store.write_now(lambda uow: uow.advisories.publish(edition, status, now=status.imported))
    return status


def seen(store: Store) -> list[str]:
    """The vulnerabilities that openssl has by what counts now."""
    return [each.key for each in store.read_now(lambda uow: uow.advisories.about("Debian:12", ["openssl"]))]


def known(store: Store, which: int = 1) -> TaskVul:
    """What is known of a vulnerability."""
    return store.read_now(lambda uow: uow.advisories.vuls([VulId(which)]))[0]


def leftovers(store: Store, feed: str = "debian") -> Sequence[EditionId]:
    """Editions that do not count."""
    return store.read_now(lambda uow: uow.advisories.leftovers(feed))


def test_what_is_being_written_does_not_count(store: Store) -> None:
    """Neither what it affects nor what it says, until it is published."""
    edition = begun(store, advisory("CVE-1", affects(), title="new", kev=True))
    assert (seen(store), known(store).title, known(store).kev) == ([], "", False)
    status = publish(store, edition)
    assert (seen(store), known(store).title, known(store).kev) == (["CVE-1"], "new", True)
    assert (store.read_now(lambda uow: uow.advisories.feeds()), leftovers(store)) == ([status], [])


def test_an_edition_takes_the_place_of_the_one_before(store: Store) -> None:
    """At once; what was replaced stays until it is forgotten, and counts no more."""
    publish(store, first := begun(store, advisory("CVE-1", affects(), title="old")))
    second = begun(store, advisory("CVE-2", affects()))
    assert seen(store) == ["CVE-1"]
    publish(store, second, digest="e")
    assert (seen(store), leftovers(store)) == (["CVE-2"], [first])
    store.write_now(lambda uow: uow.advisories.forget(first))
    assert (seen(store), leftovers(store)) == (["CVE-2"], [])


def test_what_no_feed_says_any_more_is_remembered(store: Store) -> None:
    """Texts and level of a vulnerability that an old task found; that it is exploited is not."""
    publish(store, first := begun(store, advisory("CVE-1", title="old", level=Level.HIGH, level_source="x", kev=True)))
    publish(store, begun(store, advisory("CVE-2")))
    store.write_now(lambda uow: uow.advisories.forget(first))
    found = known(store)
    assert (found.title, found.level, found.level_source, found.kev) == ("old", Level.HIGH, "x", False)


def test_an_edition_that_was_thrown_away_takes_nothing(store: Store) -> None:
    """Another import of the feed began and cleared it away: the first one ends with an error."""
    edition = begun(store, advisory("CVE-1", affects()))
    assert leftovers(store) == [edition]
    store.write_now(lambda uow: uow.advisories.forget(edition))
    with pytest.raises(FeedError, match="another import"):
        store.write_now(lambda uow: uow.advisories.add(edition, [advisory("CVE-2", affects())]))
    with pytest.raises(FeedError, match="another import"):
        publish(store, edition)
    assert seen(store) == []


def test_editions_of_other_feeds_are_left_alone(store: Store) -> None:
    """Two feeds can be imported at the same time."""
    one, other = begun(store, advisory("CVE-1", affects())), begun(store, advisory("CVE-2", affects()), feed="osv")
    publish(store, one)
    assert (leftovers(store), leftovers(store, "osv")) == ([], [other])
    publish(store, other, "osv")
    assert seen(store) == ["CVE-1", "CVE-2"]


def test_an_advisory_of_a_vulnerability_in_two_pieces_is_one_fact(store: Store) -> None:
    """The worst of them, though each came in a transaction of its own."""
    one = advisory("CVE-1", affects(), level=Level.LOW, level_source="a", cvss=2.0, title="first")
    edition = begun(store, one)
    two = replace(one, id="OTHER", level=Level.HIGH, level_source="b", cvss=8.0, title="second")
    store.write_now(lambda uow: uow.advisories.add(edition, [two]))
    publish(store, edition)
    found = known(store)
    assert (found.title, found.level, found.level_source, found.cvss) == ("first", Level.HIGH, "b", 8.0)


@pytest.mark.parametrize("order", [("nvd", "cve", "debian"), ("debian", "cve", "nvd"), ("cve", "debian", "nvd")])
def test_the_level_is_the_distributions_then_the_vendors_then_nvds(store: Store, order: tuple[str, ...]) -> None:
    """Whatever was imported last; the source is named."""
    said = {
        "debian": advisory("CVE-1", level=Level.LOW, level_source="debian urgency"),
        "cve": advisory("CVE-1", level=Level.HIGH, level_source="cvss of the vendor", cvss=7.5),
        "nvd": advisory("CVE-1", level=Level.CRITICAL, level_source="cvss of NVD", cvss=9.8, epss=0.5),
    }
    found = []
    for feed in order:
        publish(store, begun(store, said[feed], feed=feed), feed)
        found.append(known(store))
    assert (found[-1].level, found[-1].level_source, found[-1].cvss, found[-1].epss) == (
        Level.LOW, "debian urgency", 7.5, 0.5,
    )  # fmt: skip


def test_a_score_that_enriches_needs_no_advisory(store: Store) -> None:
    """It counts for what others find, and matches nothing itself."""
    publish(store, begun(store, advisory("CVE-1", feed="epss", epss=0.25), feed="epss"), "epss")
    assert (known(store).epss, seen(store)) == (0.25, [])


def test_a_feed_that_is_the_same_is_as_good_as_new(store: Store) -> None:
    """Its time moves, and nothing else."""
    status = publish(store, begun(store, advisory("CVE-1", affects())))
    later = NOW + timedelta(hours=1)
    store.write_now(lambda uow: uow.advisories.renew("debian", later))
    assert store.read_now(lambda uow: uow.advisories.feeds()) == [replace(status, imported=later)]


def test_how_well_feeds_are_renewed_is_kept(store: Store) -> None:
    """By name, the last word on each, also of feeds that were never imported."""
    well = FeedHealth(feed="osv", source="https://example.org/x", validator='etag "1"', checked=NOW, left_out="2 odd")
    bad = FeedHealth(feed="debian", failed=NOW, failures=2, problem="no answer", fault="damaged", told="failing")
    for one in (replace(well, validator=""), bad, well):
        store.write_now(lambda uow, one=one: uow.advisories.put_health(one))
    found = store.read_now(lambda uow: uow.advisories.health())
    assert [(one.feed, one.failures, one.problem) for one in found] == [
        ("debian", 2, "no answer"), ("osv", 0, ""),
    ]  # fmt: skip
    assert found == [bad, well]


def test_an_advisory_about_many_vulnerabilities_is_known_for_each(store: Store) -> None:
    """The advisory's own words stay its own: of each CVE it gives the title, never a level that is of them all."""
    said = advisory("ALSA-1", affects(), aliases=("CVE-1", "CVE-2"), title="openssl", description="long",
                    level=Level.HIGH, level_source="distribution severity")  # fmt: skip
    publish(store, begun(store, said))
    numbers = store.write_now(lambda uow: uow.advisories.vul_ids(["ALSA-1", "CVE-1", "CVE-2"]))
    found = store.read_now(lambda uow: uow.advisories.vuls(list(numbers.values())))
    assert [(one.key, one.title, one.description, one.level) for one in found] == [
        ("ALSA-1", "openssl", "long", Level.HIGH), ("CVE-1", "openssl", "", None), ("CVE-2", "openssl", "", None),
    ]  # fmt: skip

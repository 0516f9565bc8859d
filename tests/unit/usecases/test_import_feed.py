"""Importing a feed: all of it or nothing, and never less than there was."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.store.memory import MemoryStore
from hostward.usecases.records import FeedStatus
from hostward.usecases.vulnerabilities import import_feed as module
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from store_samples import NOW, advisory, affects


@pytest.fixture
def store() -> MemoryStore:
    """A store of its own."""
    return MemoryStore()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several transactions an import."""
    monkeypatch.setattr(module, "CHUNK", 3)


def many(count: int) -> list[Advisory]:
    """So many advisories about openssl."""
    return [advisory(f"CVE-{number}", affects()) for number in range(count)]


def imported(store: MemoryStore, advisories: Iterable[Advisory], digest: str = "d1", hours: int = 0) -> FeedStatus:
    """Import them."""
    parsed = Parsed(feed="debian", digest=digest, advisories=advisories, ecosystems={"Debian:12"})
    return import_feed(store, parsed=parsed, now=NOW + timedelta(hours=hours))


def seen(store: MemoryStore) -> int:
    """How many advisories count."""
    return len(store.read_now(lambda uow: uow.advisories.about("Debian:12", ["openssl"])))


def is_clean(store: MemoryStore) -> bool:
    """Whether nothing is left of an import."""
    return not store.read_now(lambda uow: uow.advisories.leftovers("debian"))


def test_a_feed_is_imported_whole(store: MemoryStore) -> None:
    """In pieces that others may write between, and nothing is left over."""
    status = imported(store, many(10))
    assert (status.advisories, status.ecosystems, status.imported, seen(store)) == (10, ("Debian:12",), NOW, 10)
    assert is_clean(store)


def broken(count: int) -> Iterator[Advisory]:
    """A feed that can't be read to its end."""
    yield from many(count)
    raise FeedError("cut short")


@pytest.mark.parametrize(
    ("advisories", "problem"),
    [
        ([], "no advisory in it"),
        (many(7), "7 advisories where there were 10"),
        ([*many(10), advisory("CVE-1")], "CVE-1 twice"),
        (broken(9), "cut short"),
    ],
    ids=["empty", "shrunk", "twice", "cut short"],
)
def test_a_broken_feed_keeps_the_old_data(store: MemoryStore, advisories: Iterable[Advisory], problem: str) -> None:
    """The error says why, and nothing of it is left."""
    before = imported(store, many(10))
    with pytest.raises(FeedError, match=problem):
        imported(store, advisories, digest="d2", hours=1)
    assert store.read_now(lambda uow: uow.advisories.feeds()) == [before]
    assert (seen(store), is_clean(store)) == (10, True)


def test_a_feed_may_shrink_a_little(store: MemoryStore) -> None:
    """Advisories are withdrawn every day."""
    imported(store, many(10))
    assert imported(store, many(8), digest="d2").advisories == 8
    assert seen(store) == 8


def test_the_same_feed_is_not_read_again(store: MemoryStore) -> None:
    """It is as current as now."""
    imported(store, many(2))
    status = imported(store, broken(0), hours=5)
    assert (status.imported, status.advisories, seen(store)) == (NOW + timedelta(hours=5), 2, 2)


def test_an_older_bundle_of_the_same_feed_makes_it_no_older(store: MemoryStore) -> None:
    """Its data was found to be current later than that."""
    imported(store, many(2), hours=5)
    assert imported(store, many(2), hours=1).imported == NOW + timedelta(hours=5)


def test_what_an_import_left_that_ended_early_is_cleared_away(store: MemoryStore) -> None:
    """The next import of the feed does it."""
    edition = store.write_now(lambda uow: uow.advisories.begin("debian"))
    store.write_now(lambda uow: uow.advisories.add(edition, many(3)))
    imported(store, many(2))
    assert (seen(store), is_clean(store)) == (2, True)

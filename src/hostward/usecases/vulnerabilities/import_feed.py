"""Import a feed: its new data is written beside the old and takes its place in one transaction, or is gone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedEmpty, FeedError, FeedShrunk
from hostward.domain.ids import EditionId, VulId
from hostward.domain.machine_set import NO_MACHINES, MachineSet, members, set_of
from hostward.usecases.notifications.brought import Import, tell_brought
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import FeedStatus

SHRUNK = 0.8
"""A feed with fewer than this share of its earlier advisories is taken for broken."""

CHUNK = 2000
"""Advisories in one transaction: others write between two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed as it is read. digest: SHA-256 of its file, lower-case hex.

    ecosystems is looked at only after the last advisory: a reader fills it while it reads.
    """

    feed: str
    digest: str
    advisories: Iterable[Advisory]
    ecosystems: Collection[str]


def import_feed(store: Store, *, parsed: Parsed, now: datetime, as_of: datetime | None = None) -> FeedStatus:
    """Replace the feed's data. Raises FeedError for an empty or badly shrunk feed; the old data stays.

    as_of: when it was the newest there was, None for now. Blocks while it reads. A process that ends meanwhile has
    changed nothing: the next import of the same feed clears away what it wrote.
    """
    before = store.read_now(lambda uow: _of(uow, parsed.feed))
    if before is not None and before.digest == parsed.digest:
        return renewed(store, before, as_of or now)
    edition = store.write_now(lambda uow: _begin(uow, parsed.feed))
    try:
        count = _write(store, edition, parsed)
        _refuse_small(parsed.feed, count, before)
        words = tuple(sorted(set(parsed.ecosystems)))
        status = FeedStatus(
            feed=parsed.feed, advisories=count, ecosystems=words, imported=as_of or now, digest=parsed.digest
        )  # fmt: skip
        store.write_now(lambda uow: _publish(uow, edition, status, now=now, is_first=before is None))
    finally:
        store.write_now(lambda uow: _clear(uow, parsed.feed))
    return status


def renewed(store: Store, status: FeedStatus, now: datetime) -> FeedStatus:
    """The feed was found to be the same at its source: its data is as good as new."""
    fresh = replace(status, imported=max(now, status.imported))
    store.write_now(lambda uow: uow.advisories.renew(fresh.feed, fresh.imported))
    return fresh


def _of(uow: UnitOfWork, feed: str) -> FeedStatus | None:
    return next((status for status in uow.advisories.feeds() if status.feed == feed), None)


def _begin(uow: UnitOfWork, feed: str) -> EditionId:
    _clear(uow, feed)
    return uow.advisories.begin(feed)


def _publish(uow: UnitOfWork, edition: EditionId, status: FeedStatus, *, now: datetime, is_first: bool) -> None:
    """Let the edition count, and tell of what it brings: both or neither."""
    change = uow.advisories.publish(edition, status, now=now)
    _set_aside(uow, change.having)
    tell_brought(uow, Import(status=status, edition=edition, is_first=is_first, brought=change.brought), now)


def _set_aside(uow: UnitOfWork, having: Mapping[VulId, MachineSet]) -> None:
    """Judge by the rules what other packages bring than before, on the machines that rules may concern."""
    for account in uow.accounts.all() if having else ():
        rules = uow.ignores.of_account(account)
        ruled = uow.advisories.numbers({rule.key for rule in rules}) if rules else {}
        concerned = NO_MACHINES
        for vul in ruled.values():
            concerned |= having.get(vul, NO_MACHINES)
        if concerned:
            mine = set_of(machine.id for machine in uow.machines.of_account(account))
            for machine in members(concerned & mine):
                uow.ignores.rejudge_own(machine)


def _clear(uow: UnitOfWork, feed: str) -> None:
    for edition in uow.advisories.leftovers(feed):
        uow.advisories.forget(edition)


def _write(store: Store, edition: EditionId, parsed: Parsed) -> int:
    seen: set[str] = set()
    for chunk in _chunks(parsed.advisories):
        for each in chunk:
            if each.id in seen:
                raise FeedError(f"feed {parsed.feed} has {each.id} twice: it is damaged, fetch it again")
            seen.add(each.id)
        store.write_now(partial(_add, edition=edition, advisories=chunk))
    return len(seen)


def _add(uow: UnitOfWork, *, edition: EditionId, advisories: Sequence[Advisory]) -> None:
    uow.advisories.add(edition, advisories)


def _chunks(advisories: Iterable[Advisory]) -> Iterator[Sequence[Advisory]]:
    remaining = iter(advisories)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _refuse_small(feed: str, count: int, before: FeedStatus | None) -> None:
    if not count:
        raise FeedEmpty(f"{feed}: no advisory in it; the data imported before is kept")
    if before is not None and count < before.advisories * SHRUNK:
        raise FeedShrunk(
            f"{feed}: {count} advisories where there were {before.advisories}; the data imported before is kept"
        )

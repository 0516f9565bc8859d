"""Renewing feeds from their publishers or a mirror: fetched, imported, and what came of it remembered.

One feed that can't be had changes nothing of the others. What was fetched and could be imported is kept in the data
directory, for bundles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from hostward.domain.errors import Fault, FeedError, FeedUnreachable, HostwardError
from hostward.feeds.fetch import fetch, located, shown
from hostward.feeds.table import Source
from hostward.runtime.clock import Clock
from hostward.usecases.ports import Store
from hostward.usecases.records import FeedHealth, FeedStatus
from hostward.usecases.vulnerabilities.feed_health import due_at
from hostward.usecases.vulnerabilities.import_feed import renewed
from hostward.wiring.feeds import Imported, failed, health_of, import_path, left_out, succeeded

FOLDER: Final = "feeds"
"""In the data directory: files as they were fetched last and could be imported."""

_PART: Final = ".part"

Outcome = Literal["imported", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What came of one feed. status: its data as it counts now, None when there is none. said: for people."""

    feed: str
    outcome: Outcome
    status: FeedStatus | None
    said: str


def renew(store: Store, clock: Clock, source: Source, *, data_dir: Path, mirror: str = "") -> Renewed:
    """Bring one feed up to date; a failure is an outcome. Blocks while it fetches and reads."""
    address = located(mirror, source.file, source.address)
    try:
        return _renewed(store, clock, source, data_dir / FOLDER / source.file, address)
    except HostwardError as error:
        problem, fault = str(error), error.fault if isinstance(error, FeedError) else Fault.UNREACHABLE
    except OSError as error:
        problem, fault = f"{error.filename or data_dir}: can't be written: {error.strerror}", Fault.INTERRUPTED
    failed(store, source.name, clock.now(), source=shown(address), problem=problem, fault=fault)
    return Renewed(feed=source.name, outcome="failed", status=_status(store, source.name), said=problem)


def is_due(status: FeedStatus | None, health: FeedHealth, now: datetime, every: timedelta) -> bool:
    """Whether a feed is to be renewed now."""
    at = due_at(status, health, every)
    return at is None or now >= at


def due(store: Store, sources: Sequence[Source], now: datetime, every: timedelta) -> list[Source]:
    """The sources that are to be renewed now."""
    states, healths = store.read_now(lambda uow: (uow.advisories.feeds(), uow.advisories.health()))
    status = {one.feed: one for one in states}
    health = {one.feed: one for one in healths}
    return [
        source
        for source in sources
        if is_due(status.get(source.name), health.get(source.name, FeedHealth(feed=source.name)), now, every)
    ]


def _renewed(store: Store, clock: Clock, source: Source, kept: Path, address: str) -> Renewed:
    if not address:
        raise FeedUnreachable(
            f"{source.name}: its publisher names a new address with each release; put {source.file} into a mirror "
            "(feeds.mirror), or import the file"
        )
    status, where = _status(store, source.name), shown(address)
    known = health_of(store, source.name)
    validator = known.validator if status is not None and known.source == where else ""
    part = kept.with_name(kept.name + _PART)
    now = clock.now()
    try:
        fetched = fetch(address, part, validator=validator)
        if fetched.path is None and status is not None:
            status = renewed(store, status, now)
            succeeded(store, source.name, now, source=where, validator=fetched.validator, said=None)
            return Renewed(feed=source.name, outcome="unchanged", status=status, said="not changed at its source")
        if fetched.path is None:
            raise FeedError(f"{where}: told to be the same, and nothing is here yet; try again")
        imported = import_path(store, fetched.path, now, name=source.name, reader=source.reader)
        if fetched.path == part:
            part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
    return _told(store, source, status, imported, now, where=where, validator=fetched.validator)


def _told(
    store: Store, source: Source, before: FeedStatus | None, imported: Imported, now: datetime, *,
    where: str, validator: str,
) -> Renewed:  # fmt: skip
    status, said = imported.status, left_out(imported.skipped)
    is_same = before is not None and before.digest == status.digest
    succeeded(store, source.name, now, source=where, validator=validator, said=None if is_same else said.strip())
    outcome: Outcome = "unchanged" if is_same else "imported"
    words = "the same as before" if is_same else f"{status.advisories} advisories{said}"
    return Renewed(feed=source.name, outcome=outcome, status=status, said=words)


def _status(store: Store, name: str) -> FeedStatus | None:
    return next((one for one in store.read_now(lambda uow: uow.advisories.feeds()) if one.feed == name), None)

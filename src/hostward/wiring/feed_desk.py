"""What is done with feeds, by a command of its own or for a command inside the server that holds the data directory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from hostward.domain.errors import FeedError, HostwardError
from hostward.feeds.table import Source, chosen
from hostward.runtime.clock import Clock, SystemClock
from hostward.settings import Settings
from hostward.usecases.ports import Store
from hostward.usecases.records import FeedStatus
from hostward.wiring import control, feed_bundle, local_calls
from hostward.wiring.feed_renewal import renew
from hostward.wiring.feeds import Imported, failed, import_path, left_out, succeeded

VERB: Final = "hostward feeds"
"""What the server's control socket knows this by; no action of the API is called so."""
MOST_SECONDS: Final = 4 * 3600.0
"""A command waits so long for the server: everything fetched over a slow line."""


class Line(TypedDict):
    """What came of one feed or path. outcome: imported, unchanged or failed. said: for people."""

    feed: str
    outcome: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The settings that feeds are renewed by: where data is kept, and feeds.* without how often."""

    data_dir: Path
    database_url: str
    names: str
    mirror: str
    trusted_keys: str

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """Those of a server."""
        return cls(
            data_dir=settings.data_dir, database_url=settings.database_url, names=settings.feeds_names,
            mirror=settings.feeds_mirror, trusted_keys=settings.feeds_trusted_keys,
        )  # fmt: skip

    def chosen(self, names: Sequence[str]) -> Sequence[Source]:
        """The feeds with these names, the configured ones for none. Raises InvalidValue."""
        return chosen(names or parted(self.names))


class FeedDesk:
    """Renews and imports feeds. Everything blocks, and takes much memory: a server has a process of its own do it.

    begins: told which feed, or path, is taken up next.
    """

    def __init__(self, store: Store, clock: Clock, place: Place) -> None:
        self._store = store
        self._clock = clock
        self._place = place
        self.begins: Callable[[str], None] = _say_nothing

    def lines(self, asked: Mapping[str, object]) -> Iterator[Line]:
        """What a command asks for, one by one: {"names": ..., "mirror": ...} or {"paths": ..., "keys": ...}."""
        if "paths" in asked:
            return self.bring([Path(path) for path in _words(asked, "paths")], _words(asked, "keys"))
        return self.update(_words(asked, "names"), str(asked.get("mirror") or ""))

    def update(self, names: Sequence[str], mirror: str) -> Iterator[Line]:
        """Renew the feeds with these names, the configured ones for none, one after the other."""
        for source in self._place.chosen(names):
            self.begins(source.name)
            found = renew(
                self._store, self._clock, source,
                data_dir=self._place.data_dir, mirror=mirror or self._place.mirror,
            )  # fmt: skip
            yield Line(feed=found.feed, outcome=found.outcome, said=found.said)

    def bring(self, paths: Sequence[Path], keys: Sequence[str]) -> Iterator[Line]:
        """Import files, folders and bundles; a broken one does not keep the others out."""
        trusted = (*feed_bundle.trusted_keys(",".join(keys)), *self._trusted())
        for path in paths:
            self.begins(str(path))
            try:
                yield from self._bundle(path, trusted) if feed_bundle.is_bundle(path) else self._path(path)
            except HostwardError as error:
                yield Line(feed=str(path), outcome="failed", said=str(error))

    def _trusted(self) -> tuple[str, ...]:
        return feed_bundle.trusted_keys(self._place.trusted_keys)

    def _path(self, path: Path) -> Iterator[Line]:
        now = self._clock.now()
        imported = import_path(self._store, path, now)
        self._note(imported, str(path))
        yield _line(imported)

    def _bundle(self, path: Path, trusted: Sequence[str]) -> Iterator[Line]:
        with feed_bundle.opened(path, trusted, self._place.data_dir) as files:
            for one in files:
                name = one.source.name
                try:
                    imported = import_path(
                        self._store, one.path, self._clock.now(), name=name, reader=one.source.reader, as_of=one.fetched
                    )
                except FeedError as error:
                    now = self._clock.now()
                    failed(self._store, name, now, source=f"bundle {path}", problem=str(error), fault=error.fault)
                    yield Line(feed=name, outcome="failed", said=str(error))
                    continue
                self._note(imported, f"bundle {path}")
                yield _line(imported)

    def _note(self, imported: Imported, source: str) -> None:
        said = left_out(imported.skipped).strip()
        succeeded(self._store, imported.status.feed, self._clock.now(), source=source, validator="", said=said)


def _line(imported: Imported) -> Line:
    said = told(imported.status) + left_out(imported.skipped)
    return Line(feed=imported.status.feed, outcome="imported", said=said)


def told(status: FeedStatus) -> str:
    """What a feed holds, in words."""
    shown = 6
    names = ", ".join(status.ecosystems[:shown])
    more = f" and {len(status.ecosystems) - shown} more" if len(status.ecosystems) > shown else ""
    return f"{status.advisories} advisories" + (f" for {names}{more}" if names else "")


def asked(settings: Settings, what: Mapping[str, object]) -> list[Line]:
    """Have it done: by the server that runs on the data directory, else here. Raises HostwardError."""
    answer = control.ask(settings.data_dir, VERB, what, seconds=MOST_SECONDS)
    if answer is not None:
        if "Error" in answer:
            raise HostwardError(str(answer["Error"]["Message"]))
        lines: list[Line] = answer["Lines"]
        return lines
    with closing(local_calls.stored().opened(settings)) as store:
        return list(FeedDesk(store, SystemClock(), Place.of(settings)).lines(what))


def parted(text: str) -> list[str]:
    """The words of a setting that are parted by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _say_nothing(_feed: str) -> None:
    """Nobody asks how far it is."""


def _words(asked: Mapping[str, object], name: str) -> list[str]:
    words = asked.get(name) or []
    return [str(word) for word in words] if isinstance(words, list | tuple) else []

"""Feeds are renewed in a process of their own: it says how far it is, and what is left when it is killed."""

import asyncio
import json
import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hostward.domain.errors import Conflict, Fault, InvalidValue
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.store.open import open_store
from hostward.store.store import SqlStore
from hostward.wiring import feed_updater
from hostward.wiring.feed_process import MODULE, run
from hostward.wiring.feed_updater import FeedUpdater

OSV_FILE = "osv/PyPI/all.zip"
KEV_FILE = "kev/known_exploited_vulnerabilities.json"


def osv(path: Path, count: int) -> None:
    """So many advisories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": f"{number}.0"}]}]
            affected = [{"package": {"ecosystem": "PyPI", "name": f"p{number}"}, "ranges": ranges}]
            record = {"id": f"PYSEC-2026-{number}", "modified": "2026-01-01T00:00:00Z", "affected": affected}
            archive.writestr(f"PYSEC-2026-{number}.json", json.dumps(record))


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder that feeds are fetched from."""
    folder = tmp_path / "mirror"
    osv(folder / OSV_FILE, 60)
    (folder / KEV_FILE).parent.mkdir(parents=True)
    (folder / KEV_FILE).write_text(json.dumps({"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2026-1000"}]}))
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """That of a server."""
    with closing(open_store(tmp_path / "data")) as opened:
        yield opened


def updater_of(store: SqlStore, tmp_path: Path, mirror: Path, beats: list[None] | None = None) -> FeedUpdater:
    """A server's, for two feeds of the mirror."""
    (tmp_path / "data/hostward.toml").write_text(f'[feeds]\nnames = "osv:PyPI, kev"\nmirror = "{mirror}"\n')
    settings = read(command_line={"data_dir": str(tmp_path / "data")})
    beat = (lambda: beats.append(None)) if beats is not None else store.pulse.beat
    return FeedUpdater(store=store, clock=SystemClock(), settings=settings, changed=beat)


async def ended(updater: FeedUpdater) -> None:
    """Wait until nothing runs."""
    while updater.job().running:  # noqa: ASYNC110  # the job tells nobody of its end
        await asyncio.sleep(0.01)


def counts(store: SqlStore) -> dict[str, int]:
    """Advisories by feed."""
    return {one.feed: one.advisories for one in store.read_now(lambda uow: uow.advisories.feeds())}


def test_a_job_says_how_far_it_is(store: SqlStore, tmp_path: Path, mirror: Path) -> None:
    """It begins at once and is refused while it runs; the store's readers are told of each feed."""
    beats: list[None] = []
    updater = updater_of(store, tmp_path, mirror, beats)

    async def work() -> None:
        with pytest.raises(InvalidValue, match="no feed is called moon"):
            updater.start(["moon"])
        assert updater.start([]) == 2
        assert (updater.job().running, updater.job().total) == (True, 2)
        await asyncio.sleep(0)
        with pytest.raises(Conflict, match="being renewed already"):
            updater.start(["kev"])
        await ended(updater)

    asyncio.run(work())
    job = updater.job()
    assert (job.done, job.imported, job.failed, job.feed, job.problem) == (2, 2, 0, "", "")
    assert counts(store) == {"kev": 1, "osv:PyPI": 60}
    assert len(beats) == 2
    assert {one.name for one in updater.sources() if one.usual} == {"osv:PyPI", "kev"}


def test_a_killed_process_leaves_the_old_edition(
    store: SqlStore, tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its feed has failed and says why, the others are as they were, and the next try is whole."""
    updater = updater_of(store, tmp_path, mirror)

    async def renewed() -> None:
        updater.start(["osv:PyPI"])
        await ended(updater)

    asyncio.run(renewed())
    osv(mirror / OSV_FILE, 70)

    async def killed(*asked: object) -> object:
        async for said in run(*asked):  # type: ignore[arg-type]  # as it was called
            if "at" in said:
                for child in children():
                    os.kill(child, signal.SIGKILL)
            yield said

    with monkeypatch.context() as patched:
        patched.setattr(feed_updater, "run", killed)
        asyncio.run(renewed())
    assert counts(store) == {"osv:PyPI": 60}
    [health] = store.read_now(lambda uow: uow.advisories.health())
    assert (health.fault, health.failures, "signal 9" in health.problem) == (Fault.INTERRUPTED, 1, True)
    assert updater.job().failed == 1
    asyncio.run(renewed())
    assert counts(store) == {"osv:PyPI": 70}


def children() -> list[int]:
    """The processes that import feeds for this one."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == os.getpid() and MODULE.encode() in words:
            found.append(int(place.name))
    return found


def test_the_process_ends_with_its_server(store: SqlStore, tmp_path: Path, mirror: Path) -> None:
    """Whoever stops reading, or is gone, leaves no process behind."""
    updater = updater_of(store, tmp_path, mirror)

    async def left() -> None:
        async for _ in run(updater._place, {"names": ["osv:PyPI", "kev"]}):
            assert children()
            break

    asyncio.run(left())
    assert children() == []

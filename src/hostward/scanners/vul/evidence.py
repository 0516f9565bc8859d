"""Vulnerabilities without any feed: the changelogs of upgrades name the CVEs that the installed versions lack.

One small .deb of each source package that has an upgrade is fetched and its changelog read. Nothing here fails a
scan: what could not be read is said and the scan goes on.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hostward.domain.matching import advisory_source
from hostward.domain.package import Evidence, Package
from hostward.domain.versions import dpkg
from hostward.runtime.clock import SystemClock
from hostward.scanners.contract import Degraded, Event, Found, Host, Progress
from hostward.scanners.vul import apt, changelog, child, choice, deb, index, sources
from hostward.scanners.vul.os_release import OsRelease

MAX_DOWNLOADS = 80
"""Packages fetched in one scan (design: a machine 120 updates behind needs about 50)."""
MAX_BYTES = 100_000_000
"""Bytes fetched in one scan."""
MAX_TRIES = 6
"""Packages of one source tried until one carries the changelog."""
UPDATE_SECONDS = 90.0
"""Longest time for fetching the package lists."""
ALL_SECONDS = 170.0
"""Longest time for all of it, so that a first run ends within minutes even on a slow line."""
BATCH = 500
"""Results given at once (scanner contract)."""
NAMES_SHOWN = 5
"""Source packages named in a message."""

_UPDATED = 0.4
_UPDATE_HALF_SECONDS = 2.0
_ROUND = 12
"""What a round of fetching costs beside its packages, in packages: apt begins anew each time."""
_USUAL_ROUNDS = 3
_now = SystemClock().monotonic


@dataclass(slots=True, kw_only=True)
class _Work:
    """The state of one run."""

    ecosystem: str
    installed: dict[str, list[str]]
    deadline: float
    total: int = 0
    done: int = 0
    rounds: int = 0
    downloads: int = 0
    bytes: int = 0
    unread: dict[str, list[str]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    shown: float = 0.0

    def take(self, package: index.Deb) -> str:
        """Take one more out of the budget; the limit that forbids it, "" when none does."""
        if _now() >= self.deadline:
            return "time limit reached"
        if self.downloads >= MAX_DOWNLOADS or self.bytes + package.size > MAX_BYTES:
            return "download limit reached"
        self.downloads += 1
        self.bytes += package.size
        return ""

    def give_up(self, source: str, reason: str) -> None:
        """Count a source package as done without a result."""
        self.unread.setdefault(reason, []).append(source)
        self.done += 1

    def progress(self, fetched: int = 0) -> Progress:
        """Sources done, a fetched one half, and rounds, after the package lists; never less than was shown before.

        How many rounds there will be nobody knows: as many as usual, or one more than there were.
        """
        rounds = max(_USUAL_ROUNDS, self.rounds + 1)
        whole = self.total + _ROUND * rounds
        share = (self.done + fetched / 2 + _ROUND * self.rounds) / whole if self.total else 1.0
        self.shown = max(self.shown, _UPDATED + (1 - _UPDATED) * min(share, 1.0))
        return Progress(done=self.shown, doing="reading changelogs of upgrades")


def look(
    host: Host, release: OsRelease, packages: Sequence[Package], private: apt.Apt | None = None
) -> Iterator[Event]:
    """What upgrades' changelogs say of the installed packages; progress from 0.0 to 1.0 of this part alone.

    private: the apt to ask; without one it is made in host.work.
    """
    work = _Work(ecosystem=release.dpkg_ecosystem, installed=_installed(packages), deadline=_now() + ALL_SECONDS)
    yield Progress(done=0.0, doing="fetching package lists")
    try:
        private = private or (yield from _prepare(host, packages))
        lists = yield from _update(private, release)
        upgrades = index.upgrades(lists, {name: versions[0] for name, versions in work.installed.items()})
    except (apt.Unusable, OSError) as error:
        yield Degraded(reason=f"no advisory data: package index could not be read: {error}")
        return
    work.total = len(upgrades)
    yield work.progress()
    yield from _changelogs(work, private, _tries(host, upgrades, packages))
    yield from _remarks(work)


def _installed(packages: Sequence[Package]) -> dict[str, list[str]]:
    """Source package -> its installed versions, oldest first."""
    versions: dict[str, set[str]] = {}
    for package in packages:
        versions.setdefault(package.source, set()).add(package.source_version)
    return {source: sorted(found, key=dpkg.key) for source, found in versions.items()}


def _prepare(host: Host, packages: Sequence[Package]) -> Generator[Event, None, apt.Apt]:
    """A private apt; for another root with that root's http(s) sources and keys, and nothing else of it."""
    home = host.work / "apt"
    if host.is_this_machine:
        return apt.prepare(home)
    found = sources.read(host.root)
    if found.left_out:
        yield Degraded(reason=f"{found.left_out} package sources can't be asked: not http(s), or not readable")
    if not found.usable:
        raise apt.Unusable("there is no http(s) package source")
    arches = Counter(package.arch for package in packages if package.arch not in ("", "all"))
    if not arches:
        raise apt.Unusable("its architecture is not known")
    private = apt.prepare(home, other_arch=arches.most_common(1)[0][0])
    sources.write(found, host.root, home / "sources")
    return private


def _update(private: apt.Apt, release: OsRelease) -> Generator[Event, None, list[tuple[Path, bool]]]:
    """Fetch the package lists; those of this release. Raises Unusable when there are none."""
    start = _now()
    running = child.run(private.update(), folder=private.home, seconds=UPDATE_SECONDS)
    while True:
        try:
            next(running)
        except StopIteration as stop:
            ended: child.Ended = stop.value
            break
        spent = _now() - start
        yield Progress(done=_UPDATED * spent / (spent + _UPDATE_HALF_SECONDS), doing="fetching package lists")
    problem = apt.problem(ended.output) or ("" if ended.code == 0 else "apt-get update failed")
    if ended.code is None:
        problem = f"apt-get update took longer than {UPDATE_SECONDS:.0f} s"
    lists = index.package_lists(private.lists, release.codename)
    if not lists:
        raise apt.Unusable(problem or "it has no list for this release")
    if problem:
        yield Degraded(reason=f"package index could not be read whole: {problem}")
    return lists


def _tries(host: Host, upgrades: Sequence[index.Upgrade], packages: Sequence[Package]) -> dict[str, list[index.Deb]]:
    """For each source with an upgrade its packages in the order in which they are tried."""
    sources_wanted = {upgrade.source for upgrade in upgrades}
    sizes = choice.carried(host.root, (package for package in packages if package.source in sources_wanted))
    return {upgrade.source: choice.in_order(upgrade.debs, sizes)[:MAX_TRIES] for upgrade in upgrades}


def _changelogs(work: _Work, private: apt.Apt, tries: dict[str, list[index.Deb]]) -> Iterator[Event]:
    """Fetch and read in rounds, one package of each source, the next one where that carries no changelog."""
    waiting = list(tries)
    for attempt in range(MAX_TRIES + 1):
        chosen = []
        for source in waiting:
            if attempt >= len(tries[source]):
                work.give_up(source, "no changelog in its packages")
            elif limit := work.take(tries[source][attempt]):
                work.give_up(source, limit)
            else:
                chosen.append((source, tries[source][attempt]))
        if not chosen:
            return
        folder = private.home / f"debs{attempt}"
        folder.mkdir(exist_ok=True)
        yield from _fetch(work, private, [package for _, package in chosen], folder)
        waiting = yield from _read_all(work, chosen, folder)
        work.rounds += 1


def _fetch(work: _Work, private: apt.Apt, packages: Sequence[index.Deb], folder: Path) -> Iterator[Event]:
    """Fetch packages into the folder; what is missing afterwards is seen by who reads it."""
    command = private.download([package.spec for package in packages])
    for _ in child.run(command, folder=folder, seconds=max(1.0, work.deadline - _now())):
        yield work.progress(fetched=max(0, len(list(folder.glob("*.deb"))) - 1))


def _read_all(work: _Work, chosen: Sequence[tuple[str, index.Deb]], folder: Path) -> Generator[Event, None, list[str]]:
    """Read the fetched packages; the sources whose package carries no changelog of theirs."""
    again: list[str] = []
    found: list[Evidence] = []
    files = {path.name.partition("_")[0]: path for path in folder.glob("*.deb")}
    for position, (source, package) in enumerate(chosen):
        yield work.progress(fetched=len(chosen) - position)
        path = files.get(package.name)
        if path is None or _now() >= work.deadline:
            work.give_up(source, "time limit reached" if path else "its package could not be fetched")
            continue
        try:
            text = deb.changelog(path)
        except deb.Damaged as error:
            work.give_up(source, str(error))
            continue
        entries = changelog.parse((text or b"").decode("utf-8", "replace"))
        if not entries or advisory_source(entries[0].source, "", "")[0] != source:
            again.append(source)
            continue
        found += _evidence(work, source, entries)
        work.done += 1
    for start in range(0, len(found), BATCH):
        yield Found(items=tuple(found[start : start + BATCH]))
    return again


def _evidence(work: _Work, source: str, entries: Sequence[changelog.Entry]) -> Iterator[Evidence]:
    for version in work.installed[source]:
        lacking = changelog.lacking(entries, version)
        if not lacking.whole and source not in work.cut:
            work.cut.append(source)
        for fix in lacking.fixes:
            yield Evidence(
                ecosystem=work.ecosystem,
                source=source,
                source_version=version,
                cve=fix.cve,
                fixed=fix.fixed,
                urgency=fix.urgency,
            )


def _remarks(work: _Work) -> Iterator[Event]:
    """What this source can't tell, and what of it could not be read."""
    yield Degraded(
        reason=f"no advisory data for {work.ecosystem}: judged by the changelogs of {work.total} upgrades alone, so "
        "vulnerabilities without a fix are not known; import a feed to judge them"
    )
    for reason, names in work.unread.items():
        yield Degraded(reason=f"changelogs of {_counted(names)} not read: {reason}")
    if work.cut:
        yield Degraded(
            reason=f"changelogs of {_counted(work.cut)} end before the installed version: older fixes may be missing"
        )


def _counted(names: Sequence[str]) -> str:
    """How many, and the first NAMES_SHOWN of them: "3 source packages (a, b, c)"."""
    shown = ", ".join(sorted(names)[:NAMES_SHOWN]) + (", ..." if len(names) > NAMES_SHOWN else "")
    return f"{len(names)} source package{'s' * (len(names) != 1)} ({shown})"

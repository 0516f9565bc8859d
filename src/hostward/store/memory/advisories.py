"""Vulnerability data in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.domain.ids import EditionId, VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.matching import key_range, level_or_unknown
from hostward.store.known_vuls import Known, best, keys_of, with_said
from hostward.store.memory import package_advice
from hostward.store.memory.package_advice import counting
from hostward.store.memory.state import Edition, State
from hostward.store.texts import ascii_lower, clean, cleaned
from hostward.store.vul_facts import task_vul
from hostward.usecases.advisory_ports import Change, Fix
from hostward.usecases.records import Advised, FeedHealth, FeedStatus, TaskVul


class MemoryAdvisories:
    """ports.Advisories."""

    def __init__(self, state: State) -> None:
        self._state = state

    def begin(self, feed: str) -> EditionId:
        """The number of a new edition of a feed."""
        which = EditionId(self._state.take("edition"))
        self._state.editions[which] = Edition(feed=feed)
        return which

    def add(self, edition: EditionId, advisories: Sequence[Advisory]) -> None:
        """Write some of an edition's advisories. Raises FeedError when another import threw the edition away."""
        written = self._open(edition)
        numbers = self.vul_ids(key for each in advisories for key in keys_of(each))
        facts = dict(written.facts)
        for each in advisories:
            for key in keys_of(each):
                facts[numbers[key]] = with_said(facts.get(numbers[key]), cleaned(each), key)
        affecting = {each.id: cleaned(each) for each in advisories if each.affected}
        self._state.editions[edition] = replace(
            written, facts=facts, advisories={**written.advisories, **affecting}
        )  # fmt: skip

    def publish(self, edition: EditionId, status: FeedStatus, *, now: datetime) -> Change:
        """Let an edition count in place of the one before. Raises FeedError as add()."""
        written = self._open(edition)
        for which, one in self._state.editions.items():
            if one.feed == status.feed and one.counts:
                self._state.editions[which] = replace(one, counts=False)
        self._state.editions[edition] = replace(written, counts=True)
        self._state.feeds[status.feed] = status
        return package_advice.rematch(self._state, now)

    def renew(self, feed: str, imported: datetime) -> None:
        """The feed's data was found to be what its source has at this time."""
        self._state.feeds[feed] = replace(self._state.feeds[feed], imported=imported)

    def leftovers(self, feed: str) -> Sequence[EditionId]:
        """Editions of a feed that do not count."""
        return sorted(which for which, one in self._state.editions.items() if one.feed == feed and not one.counts)

    def forget(self, edition: EditionId) -> None:
        """Delete an edition that does not count; what only it said of vulnerabilities is remembered."""
        gone = self._state.editions.pop(edition)
        for which, one in gone.facts.items():
            if not facts_of(self._state, which):
                self._state.known[which] = replace(one, kev=False, epss=None).over(self._state.known[which])

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data. Raises FeedError for an advisory that comes twice."""
        edition, seen, whole = self.begin(feed), set[str](), list(advisories)
        for each in whole:
            if each.id in seen:
                raise FeedError(f"feed {feed} has {each.id} twice: it is damaged, fetch it again")
            seen.add(each.id)
        self.add(edition, whole)
        words = tuple(sorted(set(ecosystems)))
        status = FeedStatus(feed=feed, advisories=len(seen), ecosystems=words, imported=now, digest=digest)
        self.publish(edition, status, now=now)
        for which in self.leftovers(feed):
            self.forget(which)
        return status

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        stored = counting(self._state)
        return [
            advised
            for source in sources
            for feed, each in stored
            for one in each.affected
            if (one.ecosystem, one.name) == (ecosystem, source)
            and (advised := _advised(feed, self._state.vul_numbers[each.key], each, one)) is not None
        ]

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        return any(ecosystem in status.ecosystems for status in self._state.feeds.values())

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported, by name."""
        return [status for _, status in sorted(self._state.feeds.items())]

    def health(self) -> Sequence[FeedHealth]:
        """What came of the last tries to renew each feed, by name."""
        return [health for _, health in sorted(self._state.health.items())]

    def put_health(self, health: FeedHealth) -> None:
        """Write what came of a try."""
        self._state.health[health.feed] = health

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities."""
        return {key: self._number(clean(key)) for key in keys}

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities, in the order of ids; unknown ones are left out."""
        names = {which: name for name, which in self._state.vul_numbers.items()}
        known = self._state.known
        return [
            task_vul(which, names[which], known_of(self._state, which))
            for which in dict.fromkeys(ids)
            if which in known
        ]

    def numbers(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """The numbers of those of these vulnerabilities that have one; none is given."""
        given = self._state.vul_numbers
        return {key: given[clean(key)] for key in keys if clean(key) in given}

    def find(self, query: KnownVulQuery, *, limit: int, offset: int) -> tuple[int, Sequence[VulId]]:
        """How many of the known vulnerabilities are meant, and a page of their numbers."""
        said = _said(self._state)
        found = [vul for vul in self.vuls(list(self._state.known)) if vul.id in said and _is_meant(vul, query)]
        found.sort(key=lambda vul: vul.id, reverse=query.descending and not query.published)
        if query.published:
            found.sort(key=_day, reverse=query.descending)
        return len(found), [vul.id for vul in found[offset : offset + limit]]

    def fixes(self, vul: VulId, *, limit: int) -> Sequence[Fix]:
        """Versions that advisories name as fixed, by ecosystem, package and version; each once."""
        named = {
            Fix(one.ecosystem, one.name, one.fixed)
            for _, each in counting(self._state)
            if any(self._state.vul_numbers.get(key) == vul for key in keys_of(each))
            for one in each.affected
            if one.fixed and key_range(one) is not None
        }
        return sorted(named)[:limit]

    def _number(self, name: str) -> VulId:
        if name not in self._state.vul_numbers:
            which = VulId(self._state.take("vul"))
            self._state.vul_numbers[name] = which
            self._state.known[which] = Known()
        return self._state.vul_numbers[name]

    def _open(self, edition: EditionId) -> Edition:
        written = self._state.editions.get(edition)
        if written is None or written.counts:
            raise FeedError("another import of the same feed began meanwhile and goes on in place of this one")
        return written


def _said(state: State) -> frozenset[VulId]:
    """What some feed speaks of: what only a host of some account has named is nobody else's to read."""
    facts = (which for one in state.editions.values() if one.counts for which in one.facts)
    return frozenset((*facts, *(state.vul_numbers[each.key] for _, each in counting(state))))


def _is_meant(vul: TaskVul, query: KnownVulQuery) -> bool:
    level, _ = level_or_unknown(vul.level, vul.level_source)
    words = (ascii_lower(vul.key), ascii_lower(vul.title))
    sought = [ascii_lower(clean(text)) for text in query.texts]
    return (
        (not sought or any(text in word for text in sought for word in words))
        and (not query.keys or vul.key in query.keys)
        and (not query.categories or vul.category in query.categories)
        and (not query.levels or level in query.levels)
        and (vul.kev or not query.exploited)
    )


def _day(vul: TaskVul) -> float:
    return vul.published.timestamp() if vul.published is not None else 0.0


def facts_of(state: State, which: VulId) -> list[tuple[int, Known]]:
    """What feeds say of a vulnerability, with the edition that says it."""
    return [(edition, one.facts[which]) for edition, one in state.editions.items() if one.counts and which in one.facts]


def known_of(state: State, which: VulId) -> Known:
    """What is known of a vulnerability over all feeds."""
    return best(facts_of(state, which), state.known[which])


def _advised(feed: str, vul: VulId, advisory: Advisory, one: Affected) -> Advised | None:
    keys = key_range(one)
    if keys is None:
        return None
    inclusive = keys.last is not None and (keys.fixed is None or keys.last < keys.fixed)
    return Advised(
        source=one.name,
        keys=replace(keys, fixed=None) if inclusive else replace(keys, last=None),
        fixed=one.fixed,
        status=one.status,
        feed=feed,
        advisory=advisory.id,
        key=advisory.key,
        vul=vul,
        aliases=advisory.aliases,
        level=advisory.level,
        level_source=advisory.level_source,
        cvss=advisory.cvss,
    )

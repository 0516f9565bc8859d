"""Vulnerability data in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.domain.ids import VulId
from hostward.domain.matching import key_range
from hostward.store.known_vuls import Known
from hostward.store.memory.state import State
from hostward.store.texts import clean, cleaned
from hostward.usecases.records import Advised, FeedStatus, TaskVul


class MemoryAdvisories:
    """ports.Advisories."""

    def __init__(self, state: State) -> None:
        self._state = state

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data. Raises FeedError for an advisory that comes twice."""
        for key in [key for key in self._state.advisories if key[0] == feed]:
            del self._state.advisories[key]
        known: dict[VulId, Known] = {}
        count = 0
        for each in map(cleaned, advisories):
            if (feed, each.id) in self._state.advisories:
                raise FeedError(f"feed {feed} has {each.id} twice: it is damaged, fetch it again")
            self._state.advisories[feed, each.id] = each
            which = self.vul_ids([each.key])[each.key]
            known[which] = known.get(which, Known()).also(each)
            count += 1
        for which, one in known.items():
            self._state.known[which] = one.over(self._state.known[which])
        words = tuple(sorted(set(ecosystems)))
        status = FeedStatus(feed=feed, advisories=count, ecosystems=words, imported=now, digest=digest)
        self._state.feeds[feed] = status
        return status

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        stored = sorted(self._state.advisories.items(), key=lambda entry: entry[0])
        return [
            advised
            for source in sources
            for _, each in stored
            for one in each.affected
            if (one.ecosystem, one.name) == (ecosystem, source) and (advised := _advised(each, one)) is not None
        ]

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        return any(ecosystem in status.ecosystems for status in self._state.feeds.values())

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported, by name."""
        return [status for _, status in sorted(self._state.feeds.items())]

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities."""
        return {key: self._number(clean(key)) for key in keys}

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities, in the order of ids; unknown ones are left out."""
        names = {which: name for name, which in self._state.vul_numbers.items()}
        known = self._state.known
        return [task_vul(which, names[which], known[which]) for which in dict.fromkeys(ids) if which in known]

    def _number(self, name: str) -> VulId:
        if name not in self._state.vul_numbers:
            which = VulId(self._state.take("vul"))
            self._state.vul_numbers[name] = which
            self._state.known[which] = Known()
        return self._state.vul_numbers[name]


def _advised(advisory: Advisory, one: Affected) -> Advised | None:
    keys = key_range(one)
    if keys is None:
        return None
    inclusive = keys.last is not None and (keys.fixed is None or keys.last < keys.fixed)
    return Advised(
        source=one.name,
        keys=replace(keys, fixed=None) if inclusive else replace(keys, last=None),
        fixed=one.fixed,
        status=one.status,
        feed=advisory.feed,
        advisory=advisory.id,
        key=advisory.key,
        aliases=advisory.aliases,
        level=advisory.level,
        level_source=advisory.level_source,
        cvss=advisory.cvss,
    )


def task_vul(which: VulId, name: str, known: Known) -> TaskVul:
    """What is known of a vulnerability that no machine has."""
    return TaskVul(
        id=which,
        key=name,
        level=known.level,
        level_source=known.level_source,
        cvss=known.cvss,
        vector=known.vector,
        title=known.title,
        description=known.description,
        reference=known.reference,
        published=known.published,
        category=known.category,
        component="",
        fixed="",
        machines=0,
    )

"""What the matches of one machine come to, one entry a vulnerability; the same for every store."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hostward.domain.advisory import Match
from hostward.domain.matching import UNKNOWN_LEVEL, category_of
from hostward.domain.remedy import place_of
from hostward.domain.severity import Level
from hostward.store.texts import clean
from hostward.usecases.records import TaskVul


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A vulnerability on a machine, or on the machines of a task so far.

    level, level_source: the worst that any match gives; cvss: the highest. component, fixed, category, ecosystem and
    place (remedy.place_of): of the first. restart: the first that says anything.
    """

    level: Level | None
    level_source: str
    cvss: float | None
    component: str
    fixed: str
    category: int
    ecosystem: str = ""
    place: str = ""
    restart: str = ""

    def worse(self, other: "Found") -> "Found":
        """With the level and score of other where those are worse, and what it says that nothing has said yet."""
        found = self.rated(other.level, other.level_source).scored(other.cvss)
        return found if found.restart or not other.restart else replace(found, restart=other.restart)

    def rated(self, level: Level | None, source: str) -> "Found":
        """With this level, if it is worse."""
        if level is None or (self.level is not None and level <= self.level):
            return self
        return replace(self, level=level, level_source=source)

    def scored(self, cvss: float | None) -> "Found":
        """With this score, if it is higher."""
        if cvss is None or (self.cvss is not None and cvss <= self.cvss):
            return self
        return replace(self, cvss=cvss)

    def known_as(self, level: Level | None, source: str, cvss: float | None) -> "Found":
        """With what is known of the vulnerability in general, where no match says anything."""
        found = self if self.level is not None else self.rated(level, source)
        return found if found.cvss is not None else found.scored(cvss)


def by_key(matches: Iterable[Match]) -> dict[str, Found]:
    """The vulnerabilities of a machine, in the order in which they are first met."""
    found: dict[str, Found] = {}
    for match in matches:
        key, one = clean(match.key), _of(match)
        found[key] = found[key].worse(one) if key in found else one
    return found


def badness(vul: TaskVul) -> tuple[float, float, int, int]:
    """What vulnerabilities of a task are sorted by, the worst first."""
    return -rank(vul.level), -(-1.0 if vul.cvss is None else vul.cvss), -vul.machines, vul.id


def rank(level: Level | None) -> int:
    """Place of a level in an order; one that nobody gives counts as the level it is shown with."""
    return UNKNOWN_LEVEL if level is None else level


def _of(match: Match) -> Found:
    return Found(
        level=match.level,
        level_source=clean(match.level_source),
        cvss=match.cvss,
        component=clean(match.name),
        fixed=clean(match.fixed),
        category=category_of(match.ecosystem),
        ecosystem=clean(match.ecosystem),
        place=clean(place_of(match.path)),
        restart=clean(match.restart),
    )

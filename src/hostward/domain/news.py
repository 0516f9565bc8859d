"""What a machine's results hold that they did not hold before."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding
from hostward.domain.matching import UNKNOWN_LEVEL
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, Verdict

MAX_FIX = 500
"""Characters of what to do about a finding, in a message."""


Key = tuple[str | bytes, ...]
"""What a finding is known by on its machine: a vulnerability; a rule and a path; a policy and its item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One finding of a machine, whatever its module.

    where: the package, the path, or the policy. fix: what to do, "" when that is not known.
    """

    key: Key
    id: str
    name: str
    level: Level
    where: str
    fix: str = ""


def of_matches(matches: Iterable[Match]) -> Mapping[Key, News]:
    """Vulnerabilities by key, each with its worst level; hidden matches are none."""
    found: dict[Key, News] = {}
    for match in matches:
        level = UNKNOWN_LEVEL if match.level is None else match.level
        key = (match.key,)
        if not match.hidden and (key not in found or level > found[key].level):
            where = f"{match.name} {match.version}" + (f" ({_text(match.path)})" if match.path else "")
            found[key] = News(key=key, id=match.key, name=match.name, level=level, where=where, fix=match.fixed)
    return found


def of_items(items: Iterable[object]) -> Mapping[Key, News]:
    """Malware findings and failed baseline items among a lease's rows, by key."""
    every = (_news(item) for item in items)
    return {one.key: one for one in every if one is not None}


def at_least(news: Iterable[News], level: Level) -> Sequence[News]:
    """Those at or above a level, the worst first."""
    return sorted((one for one in news if one.level >= level), key=lambda one: (-one.level, one.id, one.where))


def levels_of(news: Collection[News]) -> Mapping[str, int]:
    """How many there are of each level, the worst first; levels without any are left out."""
    counts = Counter(one.level for one in news)
    return {level.label: counts[level] for level in sorted(counts, reverse=True)}


def _news(item: object) -> News | None:
    if isinstance(item, MalwareFinding):
        where = _text(item.path) + (f"!{_text(item.member)}" if item.member else "")
        return News(
            key=(item.rule, item.path, item.member), id=item.rule, name=item.title, level=item.level, where=where
        )  # fmt: skip
    if isinstance(item, Verdict) and item.outcome is Outcome.FAIL:
        return News(
            key=(item.policy, item.item), id=item.item, name=item.title, level=item.level, where=item.policy,
            fix=item.remediation[:MAX_FIX],
        )  # fmt: skip
    return None


def _text(path: bytes) -> str:
    """A path for people: bytes that are no text are written in hex."""
    return path.decode("utf-8", "backslashreplace")

"""What feeds say now of package versions, and what is known of the vulnerabilities: kept in memory between reads.

The tables are the truth. What is kept is brought up to date by each reader, inside its own snapshot: package versions
that are new add to it, another set of editions begins it anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from hostward.domain.ids import VulId
from hostward.store import vul_facts
from hostward.store.event_tables import package_match
from hostward.store.session import Prepared, Session, in_chunks
from hostward.store.tables import edition, feed, package_version, vul
from hostward.usecases.records import TaskVul

Stamp = tuple[tuple[str, int], ...]
"""Every edition there is, those too that count not yet or no more: what is remembered of these changes with them."""

_C, _V = package_match.c, package_version.c
_EDITIONS = (
    Prepared(select(feed.c.name, feed.c.edition).order_by(feed.c.name)),
    Prepared(select(edition.c.feed, edition.c.edition).order_by(edition.c.edition)),
)
_NEWEST = Prepared(select(func.coalesce(func.max(_C.package_id), 0)))
_SAID_SINCE = Prepared(
    select(_C.vul_id, _C.package_id, _C.fixed)
    .where(_C.package_id > bindparam("after"), _C.until.is_(None))
    .order_by(_C.package_id, _C.vul_id, _C.feed)
)
_EVER_SINCE = Prepared(select(_C.package_id).where(_C.package_id > bindparam("after")).distinct())


class Named(NamedTuple):
    """A package version, in the order in which those that bring a vulnerability are listed."""

    name: str
    version: str
    arch: str
    ecosystem: str
    source: str


class Said(NamedTuple):
    """A package version that brings a vulnerability. fixed: what each feed says that fixes it, "" for nothing."""

    package: int
    fixed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said now. ever: package versions of which anything was ever said."""

    stamp: Stamp
    newest: int
    said: Mapping[VulId, tuple[Said, ...]]
    ever: frozenset[int]
    names: dict[int, Named] = field(default_factory=dict)
    facts: dict[VulId, TaskVul] = field(default_factory=dict)

    def named(self, session: Session, packages: Iterable[int]) -> Mapping[int, Named]:
        """These package versions, and perhaps others."""
        missing = [each for each in packages if each not in self.names]
        columns = (_V.package_id, _V.name, _V.version, _V.arch, _V.ecosystem, _V.source)
        for chunk in in_chunks(missing):
            for which, *words in session.select(select(*columns).where(_V.package_id.in_(chunk))):
                self.names[which] = Named(*words)
        return self.names

    def known(self, session: Session, vuls: Sequence[VulId]) -> Mapping[VulId, TaskVul]:
        """What is known of these vulnerabilities and perhaps of others, without the long texts."""
        missing = [each for each in vuls if each not in self.facts]
        for which, one in vul_facts.known(session, missing).items():
            self.facts[which] = replace(one, description="", reference="", vector="")
        # What a vulnerability counts as may be told by the first machine that has it.
        open_ones = [each for each in vuls if each in self.facts and not self.facts[each].category]
        for chunk in in_chunks(open_ones):
            query = select(vul.c.vul_id, vul.c.category).where(vul.c.vul_id.in_(chunk), vul.c.category != 0)
            for which, category in session.select(query):
                self.facts[VulId(which)] = replace(self.facts[VulId(which)], category=category)
        return self.facts


def brought_up_to_date(session: Session, before: Advice | None) -> Advice:
    """What is said in this snapshot; before itself where nothing changed."""
    stamp: Stamp = tuple((row[0], row[1]) for query in _EDITIONS for row in session.rows(query))
    newest = (session.row(_NEWEST) or (0,))[0]
    if before is not None and before.stamp == stamp:
        if newest <= before.newest:
            return before
        return _with_newer(session, before, newest)
    fresh = Advice(stamp=stamp, newest=0, said={}, ever=frozenset(), names={} if before is None else before.names)
    return _with_newer(session, fresh, newest)


def _with_newer(session: Session, before: Advice, newest: int) -> Advice:
    fixed: dict[tuple[int, int], list[str]] = {}
    for which, package, words in session.rows(_SAID_SINCE, after=before.newest):
        fixed.setdefault((which, package), []).append(words)
    said: dict[VulId, list[Said]] = {}
    for (which, package), versions in fixed.items():
        said.setdefault(VulId(which), []).append(Said(package, tuple(versions)))
    more = {which: (*before.said.get(which, ()), *some) for which, some in said.items()}
    ever = before.ever.union(row[0] for row in session.rows(_EVER_SINCE, after=before.newest))
    return replace(before, newest=newest, said={**before.said, **more}, ever=ever)

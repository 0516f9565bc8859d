"""Looking for known vulnerabilities in SQL: by what counts of all that feeds say, as known_vuls.best has it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, case, exists, func, or_, select

from hostward.domain.ids import VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.matching import UNKNOWN_LEVEL, is_cve
from hostward.store.known_vuls import TRUST, VENDOR
from hostward.store.session import Session
from hostward.store.tables import advisory, affected, feed, vul, vul_fact
from hostward.store.texts import ascii_lower, clean
from hostward.usecases.advisory_ports import Fix

_F = vul_fact.c
_TRUST = case(TRUST, value=_F.level_source, else_=VENDOR)
_FACTS = vul_fact.join(feed, feed.c.edition == _F.edition)
_OF_VUL = _F.vul_id == vul.c.vul_id


def _counted(column: Column[Any], remembered: Column[Any], said: ColumnElement[bool]) -> ColumnElement[Any]:
    """What the most trusted and newest fact says that says anything, else what is remembered."""
    newest = (
        select(column)
        .select_from(_FACTS)
        .where(_OF_VUL, said)
        .order_by(_TRUST.desc(), _F.edition.desc())
        .limit(1)
        .correlate(vul)
        .scalar_subquery()
    )
    return func.coalesce(newest, remembered)


_LEVEL = func.coalesce(_counted(_F.level, vul.c.level, _F.level.is_not(None)), UNKNOWN_LEVEL.value)
_TITLE = _counted(_F.title, vul.c.title, _F.title != "")
_PUBLISHED = func.coalesce(_counted(_F.published, vul.c.published, _F.published.is_not(None)), 0)
_CATEGORY = _counted(_F.category, vul.c.category, _F.category != 0)
_EXPLOITED = exists(select(1).select_from(_FACTS).where(_OF_VUL, _F.kev != 0).correlate(vul))


_SAID = or_(
    exists(select(1).select_from(_FACTS).where(_OF_VUL).correlate(vul)),
    vul.c.vul_id.in_(select(advisory.c.vul_id).join_from(advisory, feed, feed.c.edition == advisory.c.edition)),
)
"""Some feed speaks of it: what only a host of some account has named is nobody else's to read."""


def find(session: Session, query: KnownVulQuery, *, limit: int, offset: int) -> tuple[int, Sequence[VulId]]:
    """How many are meant, and a page of their numbers."""
    meant = select(vul.c.vul_id).where(_SAID, *_conditions(query))
    total = session.select(select(func.count()).select_from(meant.subquery()))[0][0]
    first = _PUBLISHED if query.published else vul.c.vul_id
    order = first.desc() if query.descending else first.asc()
    page = session.select(meant.order_by(order, vul.c.vul_id).limit(limit).offset(offset))
    return int(total), [VulId(row[0]) for row in page]


def fixes(session: Session, which: VulId, *, limit: int) -> Sequence[Fix]:
    """Versions that advisories name as fixed: those about it, and those that fix it among others."""
    named = session.select(select(vul.c.name).where(vul.c.vul_id == which))
    if not named:
        return []
    among = and_(~vul.c.name.startswith("CVE-"), advisory.c.aliases.contains(f'"{named[0][0]}"', autoescape=True))
    words = (affected.c.ecosystem, affected.c.name, affected.c.fixed)
    query = (
        select(*words)
        .join_from(advisory, feed, feed.c.edition == advisory.c.edition)
        .join(vul, vul.c.vul_id == advisory.c.vul_id)
        .join(
            affected,
            and_(affected.c.edition == advisory.c.edition, affected.c.advisory_id == advisory.c.advisory_id),
        )
        .where(or_(advisory.c.vul_id == which, among) if is_cve(named[0][0]) else advisory.c.vul_id == which)
        .where(affected.c.fixed != "")
    )
    return [Fix(*row) for row in session.select(query.distinct().order_by(*words).limit(limit))]


def _conditions(query: KnownVulQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.texts:
        words = [ascii_lower(clean(text)) for text in query.texts]
        columns = (func.lower(vul.c.name), func.lower(_TITLE))
        conditions.append(or_(*(column.contains(word, autoescape=True) for word in words for column in columns)))
    if query.keys:
        conditions.append(vul.c.name.in_(query.keys))
    if query.categories:
        conditions.append(_CATEGORY.in_([category.value for category in query.categories]))
    if query.levels:
        conditions.append(_LEVEL.in_([level.value for level in query.levels]))
    if query.exploited:
        conditions.append(_EXPLOITED)
    return conditions

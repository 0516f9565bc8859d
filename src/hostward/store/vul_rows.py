"""Vulnerabilities: their permanent numbers, and what is remembered of each."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Case, bindparam, case, func, insert, or_, select, update

from hostward.domain.ids import VulId
from hostward.store import counters
from hostward.store.codec import level_of
from hostward.store.known_vuls import Known
from hostward.store.session import Prepared, Row, Session, in_chunks
from hostward.store.tables import vul
from hostward.store.texts import clean
from hostward.store.times import time_or_none

_C = vul.c
COLUMNS = (
    *(_C.vul_id, _C.name, _C.level, _C.level_source, _C.cvss, _C.vector, _C.title, _C.description, _C.reference),
    *(_C.published, _C.category),
)
_ADD = Prepared(
    insert(vul).values(
        vul_id=bindparam("vul_id"),
        name=bindparam("name"),
        level=None,
        level_source="",
        cvss=None,
        vector="",
        title="",
        description="",
        reference="",
        published=None,
        category=0,
    )
)
_SET_CATEGORY = Prepared(
    update(vul).where(_C.vul_id == bindparam("which"), _C.category == 0).values(category=bindparam("to_category"))
)


_TO = {column.name: bindparam(f"to_{column.name}", type_=column.type) for column in COLUMNS[2:]}


def _said(name: str) -> Case[str]:
    """The new text where there is one."""
    return case((_TO[name] != "", _TO[name]), else_=_C[name])


KNOW = Prepared(
    update(vul)
    .where(_C.vul_id == bindparam("which"))
    .values(
        level=func.coalesce(_TO["level"], _C.level),
        level_source=case((_TO["level"].is_not(None), _TO["level_source"]), else_=_C.level_source),
        cvss=func.coalesce(_TO["cvss"], _C.cvss),
        vector=case((or_(_TO["cvss"].is_not(None), _TO["vector"] != ""), _TO["vector"]), else_=_C.vector),
        title=_said("title"),
        description=_said("description"),
        reference=_said("reference"),
        published=func.coalesce(_TO["published"], _C.published),
        category=case((_TO["category"] != 0, _TO["category"]), else_=_C.category),
    )
)
"""What a feed said takes the place of what was remembered; what it did not say leaves it."""


def ids(session: Session, keys: Iterable[str]) -> Mapping[str, VulId]:
    """Permanent numbers; new ones are given in the order of the keys."""
    names = {key: clean(key) for key in keys}
    wanted = list(dict.fromkeys(names.values()))
    found = _known(session, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        first = counters.take(session, "vul", len(missing))
        found.update(_known(session, missing))  # somebody else's, committed while we waited for the counter
        new = {name: VulId(first + place) for place, name in enumerate(missing) if name not in found}
        session.many(_ADD, [{"vul_id": number, "name": name} for name, number in new.items()])
        found.update(new)
    return {key: found[name] for key, name in names.items()}


def numbers(session: Session, keys: Iterable[str]) -> Mapping[str, VulId]:
    """The numbers of those that have one."""
    names = {key: clean(key) for key in keys}
    found = _known(session, list(dict.fromkeys(names.values())))
    return {key: found[name] for key, name in names.items() if name in found}


def set_category(session: Session, categories: Mapping[VulId, int]) -> None:
    """Remember what these count as, where that was not known."""
    session.many(_SET_CATEGORY, [{"which": which, "to_category": value} for which, value in sorted(categories.items())])


def remembered(session: Session, numbers: Sequence[VulId]) -> dict[VulId, tuple[str, Known]]:
    """Names of these vulnerabilities, and what is remembered of them from feeds that no longer speak of them."""
    rows: list[Row] = []
    for chunk in in_chunks(numbers):
        rows.extend(session.select(select(*COLUMNS).where(_C.vul_id.in_(chunk))))
    return {VulId(row[0]): (row[1], _remembered(row)) for row in rows}


def _remembered(row: Row) -> Known:
    _, _, level, level_source, cvss, vector, title, description, reference, published, category = row
    return Known(
        level=level_of(level),
        level_source=level_source,
        cvss=cvss,
        vector=vector,
        title=title,
        description=description,
        reference=reference,
        published=time_or_none(published),
        category=category,
    )


def _known(session: Session, names: Sequence[str]) -> dict[str, VulId]:
    found: dict[str, VulId] = {}
    for chunk in in_chunks(names):
        rows = session.select(select(_C.name, _C.vul_id).where(_C.name.in_(chunk)))
        found.update((name, VulId(which)) for name, which in rows)
    return found

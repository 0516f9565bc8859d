"""The numbers and names of tags: the API names a tag by its number, machines and users have it by its name."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, select, update

from hostward.domain.ids import AccountId, TagId
from hostward.store import counters, machine_pages
from hostward.store.session import Prepared, Session
from hostward.store.tables import label, machine_tag
from hostward.store.texts import clean
from hostward.store.upsert import adding
from hostward.usecases.records import Label, MachineCondition

_L, _G = label.c, machine_tag.c
_OF_ACCOUNT = Prepared(select(_L.label_id, _L.name).where(_L.account_id == bindparam("whose")).order_by(_L.label_id))
_NAMED = Prepared(select(_L.label_id).where(_L.account_id == bindparam("whose"), _L.name == bindparam("called")))
_ADD = adding(label, key=("account_id", "name"))
_RENAME = Prepared(
    update(label)
    .where(_L.account_id == bindparam("whose"), _L.name == bindparam("before"))
    .values(name=bindparam("after"))
)
_RENAME_ON_MACHINES = Prepared(
    update(machine_tag)
    .where(_G.account_id == bindparam("whose"), _G.tag == bindparam("before"))
    .values(tag=bindparam("after"))
)
_FORGET = Prepared(delete(label).where(_L.account_id == bindparam("whose"), _L.name == bindparam("called")))
_TAKE_OFF = Prepared(delete(machine_tag).where(_G.account_id == bindparam("whose"), _G.tag == bindparam("called")))


def known(session: Session, account: AccountId) -> Mapping[TagId, str]:
    """The account's tags, in the order they were made."""
    return {TagId(number): name for number, name in session.rows(_OF_ACCOUNT, whose=account)}


def counted(session: Session, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
    """The account's tags, with the number of machines that meet the conditions."""
    query = select(_G.tag, func.count()).where(_G.account_id == account).group_by(_G.tag)
    if conditions:
        query = query.where(_G.machine_id.in_(machine_pages.matching(account, conditions)))
    machines = {tag: int(count) for tag, count in session.select(query)}
    return [Label(id=one, name=name, machines=machines.get(name, 0)) for one, name in known(session, account).items()]


def add(session: Session, account: AccountId, name: str) -> TagId:
    """The number of the tag of this name, which is made where it is missing."""
    name = clean(name)
    found = session.row(_NAMED, whose=account, called=name)
    if found is None:
        number = counters.take(session, "label")
        session.run(_ADD(session.dialect.name), label_id=number, account_id=account, name=name)
        found = session.row(_NAMED, whose=account, called=name)
    assert found is not None
    return TagId(found[0])


def rename(session: Session, account: AccountId, before: str, after: str) -> None:
    """Call a tag otherwise, on its machines too."""
    session.run(_RENAME, whose=account, before=before, after=clean(after))
    session.run(_RENAME_ON_MACHINES, whose=account, before=before, after=clean(after))


def drop(session: Session, account: AccountId, names: Sequence[str]) -> None:
    """Remove tags, from machines too."""
    for name in names:
        session.run(_TAKE_OFF, whose=account, called=name)
        session.run(_FORGET, whose=account, called=name)

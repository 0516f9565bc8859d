"""Tags as the API has them: numbered, with names of any kind. Those called KEY=VALUE can limit users too."""

from collections.abc import Mapping, Sequence
from typing import Self

from hostward.domain.account import MOST_TAGS
from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import AccountId, MachineId, TagId
from hostward.domain.limits import NOT_SET, Limit, LimitOf
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Label, MachineCondition

MAX_NAME = 192
"""Characters of a name: a key and a value of the longest kind, and the sign between them."""

MOST_LABELS = 1_000
"""Tags of one account that are made by the API."""


class NameRefused(InvalidValue):
    """The name of a tag is empty, too long, or has signs that can't be shown."""


class NoSuchTag(NotFound):
    """The account has no tag of this number."""

    tag = 0

    @classmethod
    def of(cls, tag: TagId) -> Self:
        """The error for a number."""
        error = cls.because(Reason.NO_TAG, tag=tag)
        error.tag = tag
        return error


def listing(uow: UnitOfWork, *, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
    """The account's tags, each with its machines counted that meet the conditions; with some, only tags of those."""
    found = uow.machines.labels(account, conditions)
    return [label for label in found if label.machines] if conditions else found


def edit(uow: UnitOfWork, *, account: AccountId, name: str, tag: TagId | None, quuids: Sequence[str]) -> TagId:
    """Make a tag of this name and put it on machines; a tag that is given is renamed.

    quuids: of a tag that is given, they become all of its machines; none leaves them as they are. A name that is
    there already is no new tag. Raises NameRefused, InvalidValue for a name that another tag has, for machines that
    are not the account's and for too many tags, NoSuchTag for a tag that is not the account's.
    """
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise NameRefused.because(Reason.ODD_TAG, limit=MAX_NAME)
    machines = _machines(uow, account, quuids)
    known = uow.machines.label_names(account)
    if tag is None:
        if name not in known.values() and len(known) >= MOST_LABELS:
            raise InvalidValue.because(Reason.TOO_MANY_TAGS, limit=MOST_LABELS)
        tag = uow.machines.add_label(account, name)
    else:
        _rename(uow, account, known, tag, name)
        if machines:
            for machine in uow.machines.tagged(account, [name]) - machines:
                _put(uow, machine, _tags(uow, machine) - {name})
    for machine in machines:
        _put(uow, machine, _tags(uow, machine) | {name})
    return tag


def delete(uow: UnitOfWork, *, account: AccountId, tags: Sequence[TagId]) -> None:
    """Remove tags, from machines too. Who was limited to one alone sees no machine. Raises NoSuchTag, removing none."""
    names = _names(uow, account, tags)
    for tag in tags:
        uow.limits.put(account, Limit(of=LimitOf.TAG, number=tag, limits=NOT_SET))
    uow.machines.drop_labels(account, names)


def update(uow: UnitOfWork, *, account: AccountId, quuid: str, tags: Sequence[TagId]) -> None:
    """Make these all of the machine's tags. Raises NotFound for a machine that is not the account's, NoSuchTag."""
    machine = uow.machines.by_quuids(account, [quuid]).get(quuid)
    if machine is None:
        raise NotFound.because(Reason.NO_MACHINE)
    _put(uow, machine.id, frozenset(_names(uow, account, tags)))


def names(uow: UnitOfWork, *, account: AccountId, tags: Sequence[TagId]) -> list[str]:
    """What these of the account's tags are called. Raises NoSuchTag."""
    return _names(uow, account, tags) if tags else []


def _rename(uow: UnitOfWork, account: AccountId, known: Mapping[TagId, str], tag: TagId, name: str) -> None:
    if tag not in known:
        raise NoSuchTag.of(tag)
    if known[tag] == name:
        return
    if name in known.values():
        raise InvalidValue.because(Reason.TAG_TAKEN, name=name)
    uow.machines.rename_label(account, known[tag], name)


def _names(uow: UnitOfWork, account: AccountId, tags: Sequence[TagId]) -> list[str]:
    known = uow.machines.label_names(account)
    missing = next((tag for tag in tags if tag not in known), None)
    if missing is not None:
        raise NoSuchTag.of(missing)
    return [known[tag] for tag in dict.fromkeys(tags)]


def _machines(uow: UnitOfWork, account: AccountId, quuids: Sequence[str]) -> frozenset[MachineId]:
    known = uow.machines.by_quuids(account, quuids) if quuids else {}
    if any(quuid not in known for quuid in quuids):
        raise InvalidValue.because(Reason.NO_MACHINE)
    return frozenset(machine.id for machine in known.values())


def _tags(uow: UnitOfWork, machine: MachineId) -> frozenset[str]:
    return frozenset(uow.machines.tags([machine]).get(machine, ()))


def _put(uow: UnitOfWork, machine: MachineId, tags: frozenset[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise InvalidValue.because(Reason.TOO_MANY_TAGS, limit=MOST_TAGS)
    uow.machines.put_tags(machine, sorted(tags))

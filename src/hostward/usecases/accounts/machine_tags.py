"""Tags of machines: what users can be limited to."""

from collections.abc import Mapping, Sequence, Set

from hostward.domain.account import MOST_TAGS, tags_of
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork


def put(
    uow: UnitOfWork, *, account: AccountId, quuids: Sequence[str], add: Sequence[str], remove: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Add tags to machines and take others away; the tags they then have, by quuid.

    Raises InvalidValue for a machine that is not the account's, a tag that is none, or more of them than a machine may
    have.
    """
    known = uow.machines.by_quuids(account, quuids)
    missing = [quuid for quuid in dict.fromkeys(quuids) if quuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_MACHINES, names=missing)
    added, before = tags_of(add), uow.machines.tags([machine.id for machine in known.values()])
    after: dict[str, tuple[str, ...]] = {}
    for quuid, machine in known.items():
        kept = set(before.get(machine.id, ())).difference(remove)
        after[quuid] = _few(kept.union(added))  # those kept may be called anything: see machines/tags.py
        uow.machines.put_tags(machine.id, after[quuid])
    return after


def _few(tags: Set[str]) -> tuple[str, ...]:
    if len(tags) > MOST_TAGS:
        raise InvalidValue(f"{len(tags)} tags are too many: use at most {MOST_TAGS}")
    return tuple(sorted(tags))


def listing(
    uow: UnitOfWork, *, account: AccountId, limit: int, offset: int
) -> tuple[int, Sequence[tuple[str, str, tuple[str, ...]]]]:
    """How many machines there are, and quuid, host name and tags of a page of them, in the order of enrolment."""
    page = uow.machines.page(account, (), limit=limit, offset=offset)
    machines = [row.machine for row in page.rows]
    tags = uow.machines.tags([machine.id for machine in machines])
    return page.total, [(machine.quuid, machine.facts.host_name, tags.get(machine.id, ())) for machine in machines]

"""Which vulnerabilities an account may read of: their numbers are the same for all, their names come from hosts too."""

from collections.abc import Iterable

from hostward.domain.ids import AccountId, VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vul_event_ports import VulQuery


def visible(uow: UnitOfWork, account: AccountId, vuls: Iterable[VulId]) -> frozenset[VulId]:
    """Those that a feed speaks of, or that one of the account's machines has or had.

    What only a host of another account has named tells of that host.
    """
    known = {vul.id: vul.key for vul in uow.advisories.vuls(list(vuls))}
    query = KnownVulQuery(keys=tuple(known.values()))
    said = frozenset(uow.advisories.find(query, limit=len(known), offset=0)[1]) if known else frozenset()
    return said.union(which for which in known.keys() - said if _is_ours(uow, account, which))


def _is_ours(uow: UnitOfWork, account: AccountId, which: VulId) -> bool:
    return uow.vul_events.machines_of(account, which, VulQuery(), limit=1, offset=0).total > 0

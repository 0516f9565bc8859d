"""Tell who listens of vulnerabilities that an import brings, in the transaction in which its data begins to count.

An import concerns many machines at once: each vulnerability is told once, with the number of machines that have it now
and had it not before. What rules set aside is not told of, just as of scans.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.ids import AccountId, EditionId, VulId
from hostward.domain.machine_set import NO_MACHINES, MachineSet, members, set_of
from hostward.domain.matching import level_or_unknown
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, event_id
from hostward.domain.webhook import Event, Webhook
from hostward.usecases.notifications.found import MOST_TOLD
from hostward.usecases.notifications.message import time_text
from hostward.usecases.notifications.queue import queue
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedStatus, TaskVul
from hostward.usecases.vul_event_ports import VulQuery

_EVERY = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An edition that counts from now on. is_first: of this feed there was nothing before.

    brought: machines of all accounts that have a vulnerability now and had it not before.
    """

    status: FeedStatus
    edition: EditionId
    is_first: bool
    brought: Mapping[VulId, MachineSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """A vulnerability that is new on some machines of an account."""

    vul: TaskVul
    level: Level
    machines: MachineSet


def tell_brought(uow: UnitOfWork, done: Import, now: datetime) -> None:
    """Queue a message for each webhook that something of the import is bad enough for.

    Feeds are the server's, not an account's: the webhooks of all accounts are asked. Nothing is read where nobody
    listens.
    """
    if not done.brought:
        return
    for account in uow.accounts.all():
        hooks = uow.webhooks.listening(account, Event.FINDING_NEW)
        if hooks:
            _tell(uow, account, hooks, done, now)


def _tell(uow: UnitOfWork, account: AccountId, hooks: Iterable[Webhook], done: Import, now: datetime) -> None:
    news = _news(uow, account, done.brought)
    for hook in hooks:
        told = sorted((one for one in news if one.level >= hook.level), key=_worst_first)
        if told:
            about = f"feed {done.status.feed} edition {done.edition}"
            queue(uow, hook, Event.FINDING_NEW, about=about, body=_body(uow, hook, done, told), now=now)


def _news(uow: UnitOfWork, account: AccountId, brought: Mapping[VulId, MachineSet]) -> list[_News]:
    """What is new on the account's machines and counts there."""
    mine = set_of(machine.id for machine in uow.machines.of_account(account) if machine.quarantined is None)
    here = {vul: machines & mine for vul, machines in brought.items() if machines & mine}
    rules = uow.ignores.of_account(account)
    for vul in uow.advisories.numbers({rule.key for rule in rules}).values() if rules else ():
        if vul in here:
            here[vul] = _counting(uow, account, vul, here[vul])
    wanted = [vul for vul, machines in here.items() if machines]
    return [
        _News(vul=vul, level=level_or_unknown(vul.level, vul.level_source)[0], machines=here[vul.id])
        for vul in uow.advisories.vuls(wanted)
    ]


def _counting(uow: UnitOfWork, account: AccountId, vul: VulId, machines: MachineSet) -> MachineSet:
    """Those of the machines on which no rule sets it aside."""
    query = VulQuery(status=EventStatus.PRESENT, ignored=False, machines=frozenset(members(machines)))
    page = uow.vul_events.machines_of(account, vul, query, limit=_EVERY, offset=0)
    return set_of(event.machine for event in page.rows)


def _worst_first(one: _News) -> tuple[int, str]:
    return -one.level, one.vul.key


def _body(uow: UnitOfWork, hook: Webhook, done: Import, told: Sequence[_News]) -> dict[str, object]:
    concerned = NO_MACHINES
    for one in told:
        concerned |= one.machines
    levels = {level: sum(one.level is level for one in told) for level in sorted(Level, reverse=True)}
    return {
        "module": "Vul",
        "trigger": "feed",
        "feed": done.status.feed,
        "current_at": time_text(done.status.imported),
        "first_import": done.is_first,
        "machines": concerned.bit_count(),
        "at_least": hook.level.label,
        "count": len(told),
        "levels": {level.label: count for level, count in levels.items() if count},
        "findings": [_shown(uow, hook.account, one) for one in told[:MOST_TOLD]],
        "truncated": len(told) > MOST_TOLD,
    }


def _shown(uow: UnitOfWork, account: AccountId, one: _News) -> dict[str, object]:
    """The finding with the package that brings it on the first of its machines."""
    event = uow.vul_events.get(account, event_id(next(members(one.machines)), one.vul.id))
    assert event is not None  # just now it was brought there
    bringer = event.packages[0]
    package = bringer.package
    return {
        "id": one.vul.key,
        "name": package.name,
        "level": one.level.label,
        "where": f"{package.name} {package.version}",
        "fix": bringer.fixed,
        "machines": one.machines.bit_count(),
    }

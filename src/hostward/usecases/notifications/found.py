"""Tell who listens of findings that are new on a machine, in the transaction in which its results become current.

New is what the machine's earlier current results of the module did not hold. The first results of a machine are its
inventory, not news: of them only malware is told, which is an emergency whenever it is first seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.news import Key, News, at_least, levels_of, of_items, of_matches
from hostward.domain.task import Task
from hostward.domain.vul_event import EventStatus
from hostward.domain.webhook import Event, Webhook
from hostward.usecases.notifications.message import machine_facts, task_facts
from hostward.usecases.notifications.queue import queue
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Lease
from hostward.usecases.vul_event_ports import VulQuery

_PRESENT = VulQuery(status=EventStatus.PRESENT)
_EVERY = 2**31 - 1

MOST_TOLD = 50
"""Findings in one message, the worst ones; their count and that of each level are always exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """New findings of one machine. is_first: there were no results of this module before."""

    news: Sequence[News]
    is_first: bool


def tell_new(uow: UnitOfWork, *, task: Task, lease: Lease, now: datetime) -> None:
    """Queue a message for each webhook that one of the lease's new findings is bad enough for.

    To be called before the lease's results become current: those are what they are compared with. Nothing is compared
    where nobody listens.
    """
    hooks = uow.webhooks.listening(task.account, Event.FINDING_NEW)
    if not hooks:
        return
    found = _of_vuls(uow, task, lease) if task.module is Module.VUL else _of_rows(uow, task, lease)
    machine = uow.machines.get(lease.machine)
    if machine is None:
        raise NotFound(f"there is no machine {lease.machine}")
    for hook in hooks:
        told = at_least(found.news, hook.level)
        if told:
            body = _body(task, machine, hook, told, is_first=found.is_first)
            queue(uow, hook, Event.FINDING_NEW, about=f"lease {lease.id}", body=body, now=now)


def _of_rows(uow: UnitOfWork, task: Task, lease: Lease) -> _Found:
    """Malware and baselines: rows of the results before are still there."""
    found = of_items(uow.results.items(lease.machine, lease.id))
    current = uow.results.current(lease.machine, task.module)
    if current is None:
        return _Found(news=list(found.values()) if task.module is Module.MALWARE else (), is_first=True)
    before = of_items(uow.results.items(lease.machine, current[0]))
    return _Found(news=_missing(found, before), is_first=False)


def _of_vuls(uow: UnitOfWork, task: Task, lease: Lease) -> _Found:
    """Vulnerabilities: what was known when the results before came, and what imports have brought since.

    Where that was not kept (nobody listened then) the packages of those results are matched with today's advisories.
    """
    matches = uow.results.matches(lease.machine, lease.id)
    found = of_matches(uow.ignores.counts_on(lease.machine, matches))
    current = uow.results.current(lease.machine, Module.VUL)
    known = uow.webhooks.known_vuls(lease.machine)
    numbers = uow.advisories.vul_ids(sorted(one.id for one in found.values()))
    uow.webhooks.put_known_vuls(task.account, lease.machine, lease.id, numbers.values())
    if current is None:
        return _Found(news=(), is_first=True)
    if known is not None and known[0] == current[0]:
        news = [one for one in found.values() if numbers[one.id] not in known[1]]
        brought = _brought(uow, task.account, lease.machine, since=current[1]) if news else frozenset()
        return _Found(news=[one for one in news if numbers[one.id] not in brought], is_first=False)
    before = of_matches(uow.results.matches(lease.machine, current[0]))
    return _Found(news=_missing(found, before), is_first=False)


def _brought(uow: UnitOfWork, account: AccountId, machine: MachineId, *, since: datetime) -> frozenset[VulId]:
    """What the machine has now without a scan: imports told of it, but for what rules set aside until lately."""
    events = uow.vul_events.of_machine(account, machine, _PRESENT, limit=_EVERY, offset=0).rows
    rules = uow.ignores.of_account(account, ended=True)
    ended = [rule.key for rule in rules if max(rule.changed, rule.ended or since) > since]
    aside = frozenset(uow.advisories.numbers(ended).values())
    return frozenset(event.vul for event in events) - aside


def _missing(found: Mapping[Key, News], before: Collection[Key]) -> list[News]:
    """What was found and was not there before."""
    return [one for key, one in found.items() if key not in before]


def _body(task: Task, machine: Machine, hook: Webhook, told: Sequence[News], *, is_first: bool) -> dict[str, object]:
    return {
        **task_facts(task),
        "machine": machine_facts(machine),
        "first_results": is_first,
        "at_least": hook.level.label,
        "count": len(told),
        "levels": dict(levels_of(told)),
        "findings": [_shown(one) for one in told[:MOST_TOLD]],
        "truncated": len(told) > MOST_TOLD,
    }


def _shown(one: News) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "level": one.level.label, "where": one.where, "fix": one.fix}

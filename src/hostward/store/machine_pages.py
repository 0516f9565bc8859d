"""Pages of an account's machines: two queries for the page, and three for what is known of its machines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.machine_filter import AtRisk, Tagged, TextIs
from hostward.domain.module import Module
from hostward.store import machine_tags
from hostward.store.machine_rows import COLUMNS, machine_of
from hostward.store.pages import COLUMN, holds, is_identity
from hostward.store.session import Session, in_chunks
from hostward.store.tables import current_result, host_facts, label, machine, machine_tag, machine_text
from hostward.store.texts import SEPARATOR, fold
from hostward.store.times import micros, time_of
from hostward.usecases.records import (
    AddressIs,
    AgentIs,
    EnrolledAfter,
    HeardOf,
    Labelled,
    Listed,
    MachineCondition,
    MachineOrder,
    MachinePage,
    NeverJudged,
    RiskIn,
)

_M, _R, _F = machine.c, current_result.c, host_facts.c
_WHOLE = select(*COLUMNS)


def page(
    session: Session,
    account: AccountId,
    conditions: Sequence[MachineCondition],
    *,
    limit: int,
    offset: int,
    order: MachineOrder = MachineOrder.ENROLMENT,
    descending: bool = False,
) -> MachinePage:
    """A page of the account's machines that meet all the conditions."""
    chosen = matching(account, conditions)
    paged = chosen.order_by(*_ordered(order, descending=descending)).limit(limit).offset(offset)
    if conditions:
        # Those that meet them are looked for once, and counted on the way.
        rows = session.select(paged.add_columns(func.count().over()))
        if rows:
            return MachinePage(total=rows[0][1], rows=_listed(session, [MachineId(row[0]) for row in rows]))
    total = session.select(chosen.with_only_columns(func.count(), maintain_column_froms=True))[0][0]
    numbers = [] if conditions else [MachineId(row[0]) for row in session.select(paged)]
    return MachinePage(total=total, rows=_listed(session, numbers))


def matching(account: AccountId, conditions: Sequence[MachineCondition]) -> Select[Any]:
    """The numbers of the account's machines that meet all the conditions."""
    return chosen_of(select(_M.machine_id), account, conditions)


def _ordered(order: MachineOrder, *, descending: bool) -> Sequence[ColumnElement[Any]]:
    """What to sort by; equal ones stay in the order of enrolment."""
    match order:
        case MachineOrder.ENROLMENT:
            return (_M.machine_id.desc() if descending else _M.machine_id,)
        case MachineOrder.HOST_NAME:
            by: ColumnElement[Any] = _M.host_name
        case MachineOrder.LAST_SEEN:
            by = func.coalesce(_M.last_seen, -1)
    return (by.desc() if descending else by, _M.machine_id)


def _listed(session: Session, numbers: Sequence[MachineId]) -> Sequence[Listed]:
    """These machines in this order: only now more is read of them than what they were sorted by."""
    rows = (row for chunk in in_chunks(numbers) for row in session.select(_WHOLE.where(_M.machine_id.in_(chunk))))
    machines = {each.id: each for each in map(machine_of, rows)}
    found, kernels = _results(session, numbers), _kernels(session, numbers)
    return [
        Listed(
            machine=machines[number],
            risks={module: risks for module, (risks, _) in found.get(number, {}).items()},
            ends={module: end for module, (_, end) in found.get(number, {}).items()},
            kernel=kernels.get(number, ""),
        )
        for number in numbers
    ]


def chosen_of(columns: Select[Any], account: AccountId, conditions: Sequence[MachineCondition]) -> Select[Any]:
    """These columns of the account's machines that meet all the conditions."""
    chosen = columns.where(_M.account_id == account, *(_meaning(account, each) for each in conditions))
    if any(isinstance(each, TextIs) and not is_identity(each) for each in conditions):
        return chosen.join_from(machine, machine_text, machine_text.c.machine_id == _M.machine_id)
    return chosen


def _meaning(account: AccountId, condition: MachineCondition) -> ColumnElement[bool]:
    match condition:
        case TextIs() if is_identity(condition):
            names = [SEPARATOR + fold(value) + SEPARATOR for value in condition.values]
            return _M.machine_id.in_(select(machine_text.c.machine_id).where(COLUMN[condition.text].in_(names)))
        case TextIs():
            return or_(False, *(holds(condition, fold(value)) for value in condition.values))
        case AddressIs():
            return or_(False, *(each for value in condition.values for each in _addressed(value, condition.exact)))
        case HeardOf():
            return _heard(condition)
        case AtRisk() | RiskIn():
            return _at_risk(condition.modules if isinstance(condition, RiskIn) else Module)
        case NeverJudged():
            return ~exists().where(_R.machine_id == _M.machine_id)
        case AgentIs() | EnrolledAfter():
            return _of_its_row(condition)
        case Tagged() | Labelled():
            return _tagged(account, condition)


def _of_its_row(condition: AgentIs | EnrolledAfter) -> ColumnElement[bool]:
    if isinstance(condition, AgentIs):
        return _M.agent_version.in_(condition.versions)
    return _M.machine_id > condition.machine


def _heard(condition: HeardOf) -> ColumnElement[bool]:
    after = micros(condition.after)
    return _M.last_seen > after if condition.heard else or_(_M.last_seen.is_(None), _M.last_seen <= after)


def _tagged(account: AccountId, condition: Tagged | Labelled) -> ColumnElement[bool]:
    if isinstance(condition, Tagged):
        # The few that have it, found by the tag: asking each machine of a large fleet takes longer than all the rest.
        return _M.machine_id.in_(machine_tags.numbers(account, condition.values))
    called = select(label.c.name).where(label.c.account_id == _M.account_id, label.c.label_id.in_(condition.values))
    return exists().where(machine_tag.c.machine_id == _M.machine_id, machine_tag.c.tag.in_(called))


def _at_risk(modules: Iterable[Module]) -> ColumnElement[bool]:
    names = [module.value for module in modules]
    return exists().where(_R.machine_id == _M.machine_id, _R.module.in_(names), _R.risks > 0)


def _addressed(value: str, exact: bool) -> Iterator[ColumnElement[bool]]:
    """Addresses are a JSON list of texts, in which a plain value can be nothing but (part of) one of them."""
    value, addresses, public = value.lower(), func.lower(_M.addresses), func.lower(_M.wan_ip)
    if not exact:
        yield addresses.contains(value, autoescape=True)
        yield public.contains(value, autoescape=True)
        return
    for before in "[,":  # no address has one before its own quotation mark: inside of texts that has a backslash
        yield addresses.contains(before + json.dumps(value), autoescape=True)
    yield public == value


def _results(session: Session, machines: Sequence[MachineId]) -> dict[int, dict[Module, tuple[int, datetime]]]:
    """Risks and time of each machine's current results."""
    found: dict[int, dict[Module, tuple[int, datetime]]] = {}
    for chunk in in_chunks(machines):
        query = select(_R.machine_id, _R.module, _R.risks, _R.at).where(_R.machine_id.in_(chunk))
        for which, module, risks, at in session.select(query):
            found.setdefault(which, {})[Module(module)] = risks, time_of(at)
    return found


def _kernels(session: Session, machines: Sequence[MachineId]) -> dict[int, str]:
    """What each machine's current inventory says last of its kernel."""
    inventory = and_(_R.machine_id == _F.machine_id, _R.lease_id == _F.lease_id, _R.module == Module.VUL.value)
    found: dict[int, str] = {}
    for chunk in in_chunks(machines):
        query = select(_F.machine_id, _F.running_kernel).join_from(host_facts, current_result, inventory)
        rows = session.select(query.where(_F.machine_id.in_(chunk)).order_by(_F.batch, _F.place))
        found.update((which, kernel) for which, kernel in rows)
    return found

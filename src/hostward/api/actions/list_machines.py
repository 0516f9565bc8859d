"""ListMachines (service hostward): the machines that are enrolled, sorted and chosen as a console does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.times import wire_datetime
from hostward.api.values import count_between, limit_of, module_of, offset_of, one_of, wrong_value
from hostward.domain.ids import MachineId
from hostward.domain.machine_filter import Tagged, Text, TextIs
from hostward.domain.module import Module
from hostward.usecases.exports.machines import Conditions
from hostward.usecases.machines.listing import Tagging, online, tagged_listing, too_old
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Listed, MachineCondition, MachineOrder, MachinePage, NeverJudged, RiskIn

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

ONLINE: Final = "Online"
OFFLINE: Final = "Offline"
SORTS: Final = {
    "": MachineOrder.ENROLMENT, "HostName": MachineOrder.HOST_NAME, "LastSeenTime": MachineOrder.LAST_SEEN,
    "Vulnerabilities": MachineOrder.VULNERABILITIES,
}  # fmt: skip
"""What any number of machines is sorted by in a moment."""

SHOWN: Final = 20
MAX_VALUES: Final = 20


class Chosen(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machines. Empty texts and lists choose nothing: all of them.

    Query: part of a host name, an address or a remark. Status: Online, Offline. RiskModules: with a risk in one.
    AgentTooOld, NeverScanned: only those that DescribeOverview counts so.
    """

    query: str = ""
    quuids: list[str] = []
    status: list[str] = []
    os_names: list[str] = []
    tags: list[str] = []
    risk_modules: list[str] = []
    agent_too_old: bool = False
    never_scanned: bool = False


class Request(Chosen, rename="pascal", kw_only=True):
    """Which machines, in which order, which page of them."""

    sort: str = ""
    descending: bool = False
    limit: Uint64 = SHOWN
    offset: Uint64 = 0


class ModuleScan(msgspec.Struct, rename="pascal"):
    """The newest whole results of one module, with the risks as they were counted when they arrived."""

    module: str
    end_time: str
    risks: int


class FleetMachine(msgspec.Struct, rename="pascal", kw_only=True):
    """One machine. Scans: a module that never gave whole results is left out, which is not 0 risks.

    QuarantinedTime: since when its agent is kept out because two machines use its key, "" when it is not.
    """

    quuid: str
    uuid: str
    host_name: str
    host_ip: str
    wan_ip: str
    os_name: str
    kernel: str
    agent_version: str
    agent_too_old: bool
    status: str
    last_seen_time: str
    tags: list[str]
    remark: str
    quarantined_time: str
    scans: list[ModuleScan]


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many machines match in all."""

    total_count: int
    machines: list[FleetMachine]


async def answer(ctx: Context, request: Request) -> Response:
    """List the machines."""
    conditions = conditions_of(request, ctx)
    order = SORTS[one_of("Sort", request.sort, tuple(SORTS))]
    limit, offset = limit_of(request.limit), offset_of(request.offset)

    def read(uow: UnitOfWork) -> tuple[MachinePage, Mapping[MachineId, Sequence[Tagging]]]:
        return tagged_listing(
            uow, account=ctx.account, conditions=conditions(uow), limit=limit, offset=offset, order=order,
            descending=request.descending,
        )  # fmt: skip

    page, tags = await ctx.store.read(read)
    rows = [_machine(row, tags.get(row.machine.id, ()), ctx) for row in page.rows]
    return Response(total_count=page.total, machines=rows)


def conditions_of(request: Chosen, ctx: Context) -> Conditions:
    """What they are chosen by. Raises ApiError for what nothing can be chosen by."""
    conditions = _conditions(request, ctx.now)

    def with_agents(uow: UnitOfWork) -> Sequence[MachineCondition]:
        agents = [too_old(uow, account=ctx.account, now=ctx.now)] if request.agent_too_old else []
        return [*conditions, *agents]

    return with_agents


def _conditions(request: Chosen, now: datetime) -> Sequence[MachineCondition]:
    found: list[MachineCondition] = []
    if request.query:
        found.append(TextIs(text=Text.ANY, values=_values("Query", [request.query])))
    if request.quuids:
        found.append(TextIs(text=Text.QUUID, values=_values("Quuids", request.quuids), exact=True))
    wanted = {one_of("Status", word, (ONLINE, OFFLINE)) for word in request.status}
    if len(wanted) == 1:
        found.append(online(now, wanted=ONLINE in wanted))
    if request.os_names:
        found.append(TextIs(text=Text.OS_NAME, values=_values("OsNames", request.os_names), exact=True))
    if request.tags:
        found.append(Tagged(values=_values("Tags", request.tags)))
    if request.risk_modules:
        names = count_between("RiskModules", request.risk_modules, 0, len(Module))
        found.append(RiskIn(modules=tuple(module_of(name, "RiskModules") for name in names)))
    if request.never_scanned:
        found.append(NeverJudged())
    return found


def _values(name: str, values: Sequence[str]) -> tuple[str, ...]:
    for value in count_between(name, values, 1, MAX_VALUES):
        if len(value) > MAX_VALUE_CHARS:
            wrong_value(name, value, f"up to {MAX_VALUE_CHARS} characters")
    return tuple(values)


def _machine(row: Listed, tags: Sequence[Tagging], ctx: Context) -> FleetMachine:
    machine, facts, zone = row.machine, row.machine.facts, ctx.settings.time_zone
    return FleetMachine(
        quuid=machine.quuid,
        uuid=machine.uuid,
        host_name=facts.host_name,
        host_ip=next(iter(facts.addresses), ""),
        wan_ip=facts.wan_ip,
        os_name=facts.os_name,
        kernel=row.kernel,
        agent_version=facts.agent_version,
        agent_too_old=machine.is_too_old(),
        status=ONLINE if machine.is_online(ctx.now) else OFFLINE,
        last_seen_time=wire_datetime(zone, machine.last_seen),
        tags=[one.name for one in tags],
        remark=machine.remark,
        quarantined_time=wire_datetime(zone, machine.quarantined),
        scans=[
            ModuleScan(module.value, wire_datetime(zone, row.ends.get(module)), row.risks[module])
            for module in Module
            if module in row.risks
        ],
    )

"""DescribeVulEffectHostList: the machines that have, had or ignore a vulnerability, as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from hostward.api.actions.describe_machines import OTHER, Tags
from hostward.api.actions.scan_vul import MAX_VUL_ID
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.machine_extra_info import MachineExtraInfo
from hostward.api.machine_filters import MAX_FILTERS, MAX_VALUES, Filter
from hostward.api.texts import DEFAULT_LANGUAGE, NO_VUL
from hostward.api.times import wire_datetime
from hostward.api.values import between, limit_of, offset_of
from hostward.api.vul_filters import (
    ALIAS,
    INSTANCE_STATE,
    RUNNING,
    STATUS,
    TAGS,
    UNKNOWN,
    UUID,
    VERSION,
    is_exact,
    machine_conditions,
    states_of,
)
from hostward.api.vul_names import brought_by, filters_of, level_of
from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.machine import Machine
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import VulEvent, VulQuery
from hostward.usecases.vulnerabilities.fleet_list import MachinesPage, State, Wanted, machines, meeting
from hostward.usecases.vulnerabilities.visible import visible

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)

NAMES: Final = (ALIAS, TAGS, STATUS, UUID, VERSION, INSTANCE_STATE)

PRO_EDITION: Final = 1
"""HostVersion of every machine here."""

_AUTO_FIX: Final[Mapping[State, int]] = {State.PENDING: 0, State.FIXED: 6, State.DETECTING: 7, State.IGNORED: 10}
"""IsSupportAutoFix: nothing is fixed by itself; of what needs no fix, why."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which vulnerability, and which of its machines, in the order of their enrolment."""

    limit: Uint64
    offset: Uint64
    vul_id: Uint64
    filters: list[Filter] = []


class VulEffectHostList(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One machine. Description: the packages that bring it, or brought it last. What only a cloud could tell: "", 0."""

    event_id: int
    status: int
    last_time: str
    level: int
    quuid: str
    uuid: str
    host_ip: str
    alias_name: str
    tags: list[str]
    description: str
    host_version: Uint64 = PRO_EDITION
    is_support_auto_fix: int
    fix_status_msg: str = ""
    first_discovery_time: str
    instance_state: str
    public_ip_addresses: str
    cloud_tags: list[Tags] = []
    machine_extra_info: MachineExtraInfo
    machine_type: str = OTHER
    region_id: Uint64 = 0
    has_snapshot: Uint64 = 0
    latest_fix_time: str
    description_en: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many machines are meant in all."""

    total_count: int
    vul_effect_host_list: list[VulEffectHostList]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What an answer is made of."""

    vul: TaskVul
    events: MachinesPage
    machines: Mapping[MachineId, Machine]
    tags: Mapping[MachineId, tuple[str, ...]]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    which = VulId(between("VulId", request.vul_id, 1, MAX_VUL_ID))
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    conditions = machine_conditions(filters, ctx.now, exact=is_exact(request.filters, ALIAS))
    states = states_of(filters)

    def work(uow: UnitOfWork) -> _Page:
        vul = seen(uow, ctx.account, which)
        wanted = Wanted(query=VulQuery(machines=meeting(uow, ctx.account, conditions)), states=states or frozenset())
        if states is None or not all(filters.values()):
            return _Page(vul=vul, events=MachinesPage(total=0, rows=()), machines={}, tags={})
        page = machines(uow, ctx.account, which, wanted, limit=limit, offset=offset)
        numbers = [event.machine for event, _ in page.rows]
        known = {one.id: one for one in map(uow.machines.get, numbers) if one is not None}
        return _Page(vul=vul, events=page, machines=known, tags=uow.machines.tags(numbers))

    page = await ctx.store.read(work)
    rows = [_info(ctx, page, event, state) for event, state in page.events.rows if event.machine in page.machines]
    return Response(total_count=page.events.total, vul_effect_host_list=rows)


def seen(uow: UnitOfWork, account: AccountId, which: VulId) -> TaskVul:
    """The vulnerability. Raises ApiError ResourceNotFound for one that the account may not read of."""
    found = uow.advisories.vuls([which])
    if not found or which not in visible(uow, account, [which]):
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_VUL, vul=which)
    return found[0]


def _info(ctx: Context, page: _Page, event: VulEvent, state: State) -> VulEffectHostList:
    machine = page.machines[event.machine]
    zone, facts = ctx.settings.time_zone, machine.facts
    inner = next(iter(facts.addresses), "")
    return VulEffectHostList(
        event_id=event.id,
        status=state.value,
        last_time=wire_datetime(zone, event.last_seen),
        level=level_of(page.vul),
        quuid=machine.quuid,
        uuid=machine.uuid,
        host_ip=inner,
        alias_name=facts.host_name,
        tags=list(page.tags.get(event.machine, ())),
        description=brought_by(event, ctx.language),
        is_support_auto_fix=_AUTO_FIX[state],
        first_discovery_time=wire_datetime(zone, event.oldest),
        instance_state=RUNNING if machine.is_online(ctx.now) else UNKNOWN,
        public_ip_addresses=facts.wan_ip,
        machine_extra_info=MachineExtraInfo(facts.wan_ip, inner, 0, "", machine.quuid, facts.host_name),
        latest_fix_time=wire_datetime(zone, event.fixed),
        description_en=brought_by(event, DEFAULT_LANGUAGE),
    )

"""DescribeVulList: the vulnerabilities that the account's machines have, had or ignore, as they are now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import codes
from hostward.api.filters import MAX_FILTERS, MAX_VALUES, Filters
from hostward.api.times import wire_datetime
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of, one_of
from hostward.api.vul_filters import (
    ATTACKS,
    CATEGORY,
    LABELS,
    MODIFIED,
    NAME,
    SCORE,
    STATUS,
    SWITCHES,
    UUID,
    is_exact,
    labels,
    wanted_of,
)
from hostward.api.vul_info import rating_of
from hostward.api.vul_names import descends, filters_of, level_of, name_of
from hostward.domain.remedy import needs_restart
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vul_event_ports import VulOrder
from hostward.usecases.vulnerabilities.fleet_list import Page, Shown, fleet_list, on_machines

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue MissingParameter"""
)

NAMES: Final = (STATUS, MODIFIED, UUID, NAME, CATEGORY, SWITCHES[0], LABELS, SWITCHES[1], SCORE, ATTACKS)

_ORDERS: Final[Mapping[str, VulOrder]] = {
    "Level": VulOrder.LEVEL,
    "LastTime": VulOrder.LAST_SEEN,
    "HostCount": VulOrder.MACHINES,
}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones. Worst first; where By is given, upwards unless Order says otherwise."""

    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0
    filters: list[Filters] = []
    by: str = ""
    order: str = ""


class VulInfoList(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One vulnerability and its events that the filters leave.

    Nothing is fixed, fended off or attacked here, and three members are out of use: 0, false and "".
    """

    ids: str
    name: str
    status: int
    vul_id: int
    publish_time: str
    last_time: str
    host_count: int
    level: int
    from_: Uint64 = msgspec.field(name="From", default=0)
    descript: str
    publish_time_wisteria: str = ""
    name_wisteria: str = ""
    descript_wisteria: str = ""
    status_str: str
    cve_id: str
    cvss_score: float
    labels: str
    fix_switch: Uint64 = 0
    task_id: int
    is_support_defense: Uint64 = 0
    defense_attack_count: Uint64 = 0
    first_appear_time: str
    vul_category: int
    attack_level: Uint64 = 0
    fix_no_need_restart: bool
    method: Uint64 = 0
    vul_fix_switch: Uint64 = 0
    latest_fix_time: str
    rasp_open_node_count: Int64 = 0
    rasp_closed_node_count: Int64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, how many are meant in all, and how many of those are known to be exploited."""

    vul_info_list: list[VulInfoList]
    total_count: int
    follow_vul_count: int


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    zone = ctx.settings.time_zone
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    by = one_of("By", request.by, ("", *_ORDERS))
    order, descending = _ORDERS[by or "Level"], descends(request.order, default=not by)
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    wanted = wanted_of(filters, zone, exact=is_exact(request.filters, NAME))
    if wanted is None:
        return Response(vul_info_list=[], total_count=0, follow_vul_count=0)

    def work(uow: UnitOfWork) -> Page:
        machines = on_machines(uow, ctx.account, filters[UUID]) if UUID in filters else None
        query = replace(wanted.query, machines=machines, order=order, descending=descending)
        return fleet_list(uow, ctx.account, replace(wanted, query=query), limit=limit, offset=offset)

    page = await ctx.store.read(work)
    rows = [_info(shown, zone) for shown in page.rows]
    return Response(vul_info_list=rows, total_count=page.total, follow_vul_count=page.exploited)


def _info(shown: Shown, zone: tzinfo) -> VulInfoList:
    one = shown.row.vul
    vul = one.known
    return VulInfoList(
        ids=",".join(map(str, shown.events)),
        name=name_of(vul),
        status=shown.row.states[0].value,
        vul_id=vul.id,
        publish_time=wire_datetime(zone, vul.published),
        last_time=wire_datetime(zone, one.last_seen),
        host_count=shown.row.hosts,
        level=level_of(vul),
        descript=" ".join(filter(None, (vul.description, rating_of(vul)))),
        status_str=",".join(str(state.value) for state in shown.row.states),
        cve_id=vul.key,
        cvss_score=vul.cvss or 0.0,
        labels=",".join(labels(vul)),
        task_id=shown.task,
        first_appear_time=wire_datetime(zone, one.first_seen),
        vul_category=vul.category,
        fix_no_need_restart=not needs_restart(vul.component, vul.ecosystem),
        latest_fix_time=wire_datetime(zone, shown.fixed),
    )

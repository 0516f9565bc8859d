"""DescribeEmergencyVulList: what CISA's catalogue says is exploited, and which of it the machines have."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.filters import MAX_FILTERS, Filters
from hostward.api.times import wire_datetime
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of, one_of
from hostward.api.vul_names import (
    NOT_SUPPORTED,
    descends,
    filters_of,
    labels_of,
    level_of,
    levels_of,
    name_of,
    words_of,
)
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.usecases.vulnerabilities.emergency_list import Emergency, Standing, emergencies

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue MissingParameter"""
)

STATUS: Final = "Status"
LEVEL: Final = "Level"
NAME: Final = "VulName"
UUIDS: Final = "Uuids"
DEFENSE: Final = "IsSupportDefense"
NAMES: Final = (STATUS, LEVEL, NAME, UUIDS, DEFENSE)
MAX_VALUES: Final = 10
"""Of a filter: each machine named in Uuids is looked at."""

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

_KEYS: Final[Mapping[str, Callable[[Emergency], Any]]] = {
    "PublishDate": lambda one: one.vul.published or _NEVER,
    "LastScanTime": lambda one: one.begun or _NEVER,
    "HostCount": lambda one: one.machines,
}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones; newest first unless By and Order say otherwise. HotspotAttack: every one of them is."""

    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0
    filters: list[Filters] = []
    order: str = ""
    by: str = ""
    hotspot_attack: bool = False


class EmergencyVul(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One vulnerability. HostCount, Status and LastScanTime: by the newest task that looked for it.

    Nothing is attacked or fended off here: the last members are 0 and false.
    """

    vul_id: int
    level: int
    vul_name: str
    publish_date: str
    category: int
    status: int
    last_scan_time: str
    progress: int
    cve_id: str
    cvss_score: float
    labels: str
    host_count: int
    is_support_defense: Uint64 = 0
    defense_attack_count: Uint64 = 0
    method: Uint64 = 0
    attack_level: Uint64 = 0
    defense_state: bool = False


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, how many are meant in all, and whether a machine has any of those."""

    rows: list[EmergencyVul] = msgspec.field(name="List")
    total_count: int
    exists_risk: bool


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    by = one_of("By", request.by, ("", *_KEYS)) or "PublishDate"
    descending = descends(request.order, default=True)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    words = [str(standing.value) for standing in Standing]
    standings = {Standing(int(word)) for word in words_of(STATUS, filters.get(STATUS, ()), words)}
    query = KnownVulQuery(
        texts=tuple(filters.get(NAME, ())), levels=levels_of(filters.get(LEVEL, ())), exploited=True
    )  # fmt: skip
    defended = words_of(DEFENSE, filters.get(DEFENSE, (NOT_SUPPORTED,)), ("0", "1"))
    if NOT_SUPPORTED not in defended or not all(filters.values()):
        return Response(rows=[], total_count=0, exists_risk=False)
    found = await ctx.store.read(lambda uow: emergencies(uow, ctx.account, query, filters.get(UUIDS, ())))
    meant = [one for one in found if not standings or one.standing in standings]
    meant.sort(key=_KEYS[by], reverse=descending)
    return Response(
        rows=[_info(one, ctx.settings.time_zone) for one in meant[offset : offset + limit]],
        total_count=len(meant),
        exists_risk=any(one.machines for one in meant),
    )


def _info(one: Emergency, zone: tzinfo) -> EmergencyVul:
    vul = one.vul
    return EmergencyVul(
        vul_id=vul.id,
        level=level_of(vul),
        vul_name=name_of(vul),
        publish_date=wire_datetime(zone, vul.published),
        category=vul.category,
        status=one.standing.value,
        last_scan_time=wire_datetime(zone, one.begun),
        progress=one.percent,
        cve_id=vul.key,
        cvss_score=vul.cvss or 0.0,
        labels=labels_of(vul),
        host_count=one.machines,
    )

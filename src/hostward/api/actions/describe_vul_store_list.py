"""DescribeVulStoreList: every vulnerability that is known here, whether a machine has it or not."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import codes
from hostward.api.machine_filters import MAX_FILTERS, MAX_VALUES, Filter
from hostward.api.times import wire_datetime
from hostward.api.values import DEFAULT_LIMIT, between, limit_of, offset_of, one_of, wrong_value
from hostward.api.vul_names import (
    CATEGORIES,
    EMERGENCY,
    NOT_SUPPORTED,
    WINDOWS,
    descends,
    filters_of,
    level_of,
    name_of,
    words_of,
)
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.options import Category
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul

ERRORS: Final = codes("InternalError InvalidParameter")

UNLIMITED: Final = 2**31 - 1
"""Remaining and FreeSearchTimes: searches are neither counted nor sold; the most that every client's int holds."""

NAME: Final = "VulName"
CVE: Final = "CveId"
CATEGORY: Final = "VulCategory"
SWITCHES: Final = ("Method", "SupportDefense", "FixSwitch")
NAMES: Final = (NAME, CVE, CATEGORY, *SWITCHES)
SWITCH_WORDS: Final = ("0", "1", "2", "3")
BY: Final = ("", "PublishDate")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones; newest first unless Order says otherwise."""

    filters: list[Filter] = []
    limit: Int64 = DEFAULT_LIMIT
    offset: Int64 = 0
    order: str = ""
    by: str = ""


class VulStoreListInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One vulnerability. Nothing is attacked, fixed or fended off here: the last four are 0."""

    vul_id: int
    level: int
    name: str
    cve_id: str
    vul_category: int
    publish_date: str
    method: Uint64 = 0
    attack_level: Uint64 = 0
    fix_switch: Uint64 = 0
    support_defense: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many are meant in all."""

    rows: list[VulStoreListInfo] = msgspec.field(name="List")
    total_count: int
    remaining: int = UNLIMITED
    free_search_times: int = UNLIMITED


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    one_of("By", request.by, BY)
    limit = limit_of(request.limit)
    offset = offset_of(between("Offset", request.offset, 0, 2**63 - 1))
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    query = _query(filters, descending=descends(request.order, default=True))
    if query is None:
        return Response(rows=[], total_count=0)

    def work(uow: UnitOfWork) -> tuple[int, Sequence[TaskVul]]:
        total, ids = uow.advisories.find(query, limit=limit, offset=offset)
        return total, uow.advisories.vuls(ids)

    total, vuls = await ctx.store.read(work)
    return Response(rows=[_info(vul, ctx.settings.time_zone) for vul in vuls], total_count=total)


def _query(filters: Mapping[str, Sequence[str]], *, descending: bool) -> KnownVulQuery | None:
    """What the filters ask for; None where no vulnerability can meet them."""
    for name, values in filters.items():
        if not values or (name in SWITCHES and NOT_SUPPORTED not in words_of(name, values, SWITCH_WORDS)):
            return None
    categories = words_of(CATEGORY, filters.get(CATEGORY, ()), CATEGORIES)
    if EMERGENCY in categories and len(categories) > 1:
        wrong_value(f"Filters ({CATEGORY})", ",".join(sorted(categories)), f"{EMERGENCY} alone, or others without it")
    if categories == {WINDOWS}:
        return None
    return KnownVulQuery(
        texts=tuple(filters.get(NAME, ())),
        keys=tuple(filters.get(CVE, ())),
        categories=frozenset(Category(int(word)) for word in categories - {WINDOWS, EMERGENCY}),
        exploited=EMERGENCY in categories,
        published=True,
        descending=descending,
    )


def _info(vul: TaskVul, zone: tzinfo) -> VulStoreListInfo:
    return VulStoreListInfo(
        vul_id=vul.id,
        level=level_of(vul),
        name=name_of(vul),
        cve_id=vul.key,
        vul_category=vul.category,
        publish_date=wire_datetime(zone, vul.published),
    )

"""DescribeVulCveIdInfo: the numbers of vulnerabilities whose CVE ids are known."""

from collections.abc import Mapping
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.values import MAX_LIMIT, count_between, wrong_value
from hostward.domain.ids import VulId
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vulnerabilities.visible import visible

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones, by their whole ids."""

    cve_ids: list[str]


class VulInfoByCveId(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One of them. Nothing is fixed by itself: FixSwitch is 0."""

    vul_id: int
    fix_switch: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Those that are known, each once, in the order in which they were asked for."""

    rows: list[VulInfoByCveId] = msgspec.field(name="List")


async def answer(ctx: Context, request: Request) -> Response:
    """Look them up."""
    asked = list(dict.fromkeys(count_between("CveIds", request.cve_ids, 1, MAX_LIMIT)))
    for name in asked:
        if not name or len(name) > MAX_VALUE_CHARS:
            wrong_value("CveIds", name, f"1 - {MAX_VALUE_CHARS} characters")

    def work(uow: UnitOfWork) -> Mapping[str, VulId]:
        numbers = uow.advisories.numbers(asked)
        seen = visible(uow, ctx.account, numbers.values())
        return {name: which for name, which in numbers.items() if which in seen}

    known = await ctx.store.read(work)
    return Response(rows=[VulInfoByCveId(vul_id=known[name]) for name in asked if name in known])

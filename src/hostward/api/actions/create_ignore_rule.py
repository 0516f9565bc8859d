"""CreateIgnoreRule (service hostward): set a vulnerability aside; every count follows within seconds."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.ignore_values import product_of, reach_of, time_of
from hostward.domain.ignoring import Scope, Source
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Key: the vulnerability by its name. Owner "": who asks. ExpireTime "": until it is ended."""

    key: str
    scope: str = Scope.ALL.value
    quuid_list: list[str] = []
    tags: list[str] = []
    package_name: str = ""
    package_ecosystem: str = ""
    package_version: str = ""
    remark: str = ""
    owner: str = ""
    expire_time: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The number of the new rule."""

    rule_id: int


async def answer(ctx: Context, request: Request) -> Response:
    """Make the rule."""
    wanted = ignore.Wanted(
        key=request.key,
        reach=reach_of(request.scope, request.quuid_list, request.tags),
        product=product_of(request.package_name, request.package_ecosystem, request.package_version),
        reason=request.remark,
        owner=request.owner or ctx.user.name,
        source=Source.PERSON if ctx.session else Source.API,
        expires=time_of(ctx, "ExpireTime", request.expire_time),
    )
    (made,) = await ctx.store.write(
        lambda uow: ignore.create(uow, account=ctx.account, wanted=[wanted], now=ctx.now)
    )  # fmt: skip
    return Response(rule_id=made.id)

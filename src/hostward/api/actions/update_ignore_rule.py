"""UpdateIgnoreRule (service hostward): change a rule; what is left out stays."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.ignore_values import reach_of, rule_of, time_of
from hostward.api.texts import NO_SCOPE
from hostward.api.values import without_effect
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The rule, and what is to change of it. Scope goes with its QuuidList and Tags. ExpireTime "": no more."""

    rule_id: Uint64
    scope: str | UnsetType = UNSET
    quuid_list: list[str] = []
    tags: list[str] = []
    remark: str | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    expire_time: str | UnsetType = UNSET


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Change it."""
    which = rule_of(request.rule_id)
    changes = ignore.Changes(
        reach=None if request.scope is UNSET else reach_of(request.scope, request.quuid_list, request.tags),
        reason=None if request.remark is UNSET else request.remark,
        owner=None if request.owner is UNSET else request.owner,
        expires=None if request.expire_time is UNSET else time_of(ctx, "ExpireTime", request.expire_time),
        endless=request.expire_time == "",
    )
    if changes.reach is None:
        for name, value in (("QuuidList", request.quuid_list), ("Tags", request.tags)):
            if value:
                without_effect(name, NO_SCOPE)
    await ctx.store.write(
        lambda uow: ignore.change(uow, account=ctx.account, rule=which, changes=changes, now=ctx.now)
    )  # fmt: skip
    return Response()

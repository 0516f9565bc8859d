"""ListIgnoreRules (service hostward): which vulnerabilities are set aside, where, why, by whom and until when."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.ignore_values import IgnoreRuleInfo, rule_info
from hostward.api.values import limit_of, offset_of
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """A page of the rules. Query: a part of their words. Ended: also those that have ended."""

    query: str = ""
    ended: bool = False
    limit: Uint64 = 20
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The rules, newest first."""

    total_count: int
    rules: list[IgnoreRuleInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    found = await ctx.store.read(
        lambda uow: ignore.listing(
            uow, account=ctx.account, ended=request.ended, text=request.query, limit=limit, offset=offset
        )
    )  # fmt: skip
    rules = [rule_info(rule, found.quuids, ctx) for rule in found.rules]
    return Response(total_count=found.total, rules=rules)

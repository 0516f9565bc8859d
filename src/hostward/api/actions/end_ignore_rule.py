"""EndIgnoreRule (service hostward): what the rule set aside counts again."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.ignore_values import rule_of
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The rule."""

    rule_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """End it; twice is once."""
    which = rule_of(request.rule_id)
    await ctx.store.write(lambda uow: ignore.end(uow, account=ctx.account, rule=which, now=ctx.now))
    return Response()

"""ListEnrolmentTokens (service hostward): what lets machines in, newest first; the words themselves are never kept."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.enrolment_values import TokenInfo, token_info
from hostward.usecases.machines import admission

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The tokens."""

    tokens: list[TokenInfo]


async def answer(ctx: Context, _request: Request) -> Response:
    """List them."""
    found = await ctx.store.read(lambda uow: admission.tokens(uow, account=ctx.account))
    return Response(tokens=[token_info(each, ctx) for each in found])

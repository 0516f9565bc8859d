"""RevokeEnrolmentToken (service hostward): let nobody in by a token any more; machines that came by it stay."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.machines import admission

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The token."""

    token_id: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Revoke it."""
    await ctx.store.write(lambda uow: admission.revoke(uow, account=ctx.account, token=request.token_id, now=ctx.now))
    return Response()

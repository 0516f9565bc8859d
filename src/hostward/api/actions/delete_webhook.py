"""DeleteWebhook (service hostward): tell a system nothing more; messages that wait for it are dropped."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.webhook_values import webhook_of
from hostward.usecases.notifications import keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which one."""

    webhook_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Remove it."""
    which = webhook_of(request.webhook_id)
    await ctx.store.write(lambda uow: keep.delete(uow, account=ctx.account, webhook=which))
    return Response()

"""EndSession (service hostward): sign a browser out: one's own, or anybody's with the permission user:write."""

from typing import Final

import msgspec

from hostward.api.account_info import Done as Response
from hostward.api.context import Context
from hostward.usecases.accounts import console_sessions

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which session."""

    session_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """End it."""
    await ctx.store.write(lambda uow: console_sessions.end(uow, session=request.session_id, by=ctx.user))
    return Response()

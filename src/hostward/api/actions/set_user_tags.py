"""SetUserTags (service hostward): limit a user to machines with one of these tags."""

from typing import Final

import msgspec

from hostward.api.account_info import UserAnswer as Response
from hostward.api.account_info import user_info
from hostward.api.context import Context
from hostward.usecases.accounts import users

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which user. Tags: all of the limit, in place of the one before; an empty list ends it."""

    user_name: str
    tags: list[str]


async def answer(ctx: Context, request: Request) -> Response:
    """Change the limit."""
    user = await ctx.store.write(
        lambda uow: users.set_tags(uow, account=ctx.account, name=request.user_name, tags=request.tags)
    )
    return Response(user=user_info(user))

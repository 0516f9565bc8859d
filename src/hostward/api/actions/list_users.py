"""ListUsers (service hostward): the account's users, oldest first."""

from typing import Final

import msgspec

from hostward.api.account_info import UserInfo, user_info
from hostward.api.context import Context
from hostward.usecases.accounts import users

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal"):
    """All of them: an account has at most 1,000."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The users."""

    users: list[UserInfo]
    total_count: int


async def answer(ctx: Context, _request: Request) -> Response:
    """List the users."""
    found = await ctx.store.read(lambda uow: users.listing(uow, account=ctx.account))
    return Response(users=[user_info(user) for user in found], total_count=len(found))

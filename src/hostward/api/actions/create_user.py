"""CreateUser (service hostward): a new user, without a key yet."""

from typing import Final

import msgspec

from hostward.api.account_info import UserAnswer as Response
from hostward.api.account_info import role_of, user_info
from hostward.api.context import Context
from hostward.usecases.accounts import users

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Who, with which role. Tags (KEY=VALUE): the user sees only machines that have one of these."""

    user_name: str
    role: str
    tags: list[str] = []


async def answer(ctx: Context, request: Request) -> Response:
    """Make the user."""
    role = role_of(request.role)
    user = await ctx.store.write(
        lambda uow: users.add(uow, account=ctx.account, name=request.user_name, role=role, tags=request.tags)
    )
    return Response(user=user_info(user))

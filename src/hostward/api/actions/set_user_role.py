"""SetUserRole (service hostward): give a user another role."""

from typing import Final

import msgspec

from hostward.api.account_info import UserAnswer as Response
from hostward.api.account_info import role_of, user_info
from hostward.api.context import Context
from hostward.usecases.accounts import users

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which user, which role: administrator, operator or auditor."""

    user_name: str
    role: str


async def answer(ctx: Context, request: Request) -> Response:
    """Change the role."""
    role = role_of(request.role)
    user = await ctx.store.write(
        lambda uow: users.set_role(uow, account=ctx.account, name=request.user_name, role=role)
    )
    return Response(user=user_info(user))

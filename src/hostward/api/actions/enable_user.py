"""EnableUser (service hostward): let a disabled user in again."""

from typing import Final

from hostward.api.account_info import OneUser as Request
from hostward.api.account_info import UserAnswer as Response
from hostward.api.account_info import user_info
from hostward.api.context import Context
from hostward.usecases.accounts import users

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


async def answer(ctx: Context, request: Request) -> Response:
    """Change the user."""
    user = await ctx.store.write(
        lambda uow: users.set_enabled(uow, account=ctx.account, name=request.user_name, enabled=True)
    )
    return Response(user=user_info(user))

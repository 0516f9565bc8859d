"""ResetTotp (service hostward): turn a user's one-time codes off, so that a password alone signs in."""

from typing import Final

from hostward.api.account_info import Done as Response
from hostward.api.account_info import OneUser as Request
from hostward.api.context import Context
from hostward.usecases.accounts import credentials

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


async def answer(ctx: Context, request: Request) -> Response:
    """Change the user's credential."""
    await ctx.store.write(lambda uow: credentials.reset_totp(uow, account=ctx.account, name=request.user_name))
    return Response()

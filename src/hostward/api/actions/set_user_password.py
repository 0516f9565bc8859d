"""SetUserPassword (service hostward): give a user a password for the console, and end their sessions."""

from typing import Final

import msgspec

from hostward.api.account_info import Done as Response
from hostward.api.context import Context
from hostward.api.errors import ApiError, Code
from hostward.api.texts import NO_PASSWORDS
from hostward.domain.credential import must_be_strong
from hostward.usecases.accounts import credentials

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Whose password, and which: 12 to 1,024 characters, not the user's name, not among the very common ones."""

    user_name: str
    password: str


async def answer(ctx: Context, request: Request) -> Response:
    """Set the password."""
    must_be_strong(request.password, request.user_name)
    if ctx.passwords is None:
        raise ApiError(Code.UNSUPPORTED_OPERATION, NO_PASSWORDS)
    hashed = await ctx.passwords.hashed(request.password)
    await ctx.store.write(
        lambda uow: credentials.set_password(uow, account=ctx.account, name=request.user_name, hashed=hashed)
    )
    return Response()

"""CreateApiKey (service hostward): a key for a user; its SecretKey is in this answer and nowhere else ever after."""

from typing import Final

import msgspec

from hostward.api.account_info import OneUser as Request
from hostward.api.context import Context
from hostward.api.new_keys import new_key
from hostward.usecases.accounts import keys

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new key. Keep SecretKey now: it is stored encrypted and never shown again."""

    secret_id: str
    secret_key: str
    user_name: str


async def answer(ctx: Context, request: Request) -> Response:
    """Make the key."""
    new = new_key()
    key = await ctx.store.write(
        lambda uow: keys.create(uow, account=ctx.account, user=request.user_name, new=new, now=ctx.now)
    )
    return Response(secret_id=key.secret_id, secret_key=key.secret, user_name=key.user.name)

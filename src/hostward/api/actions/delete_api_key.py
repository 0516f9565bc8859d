"""DeleteApiKey (service hostward): a key is removed, and the temporary keys made with it."""

from typing import Final

from hostward.api.account_info import Done as Response
from hostward.api.account_info import OneKey as Request
from hostward.api.context import Context
from hostward.usecases.accounts import keys

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


async def answer(ctx: Context, request: Request) -> Response:
    """Change the key."""
    await ctx.store.write(lambda uow: keys.remove(uow, account=ctx.account, secret_id=request.access_key_id))
    return Response()

"""DisableApiKey (service hostward): a key no longer signs; the temporary keys made with it are removed."""

from typing import Final

from hostward.api.account_info import Done as Response
from hostward.api.account_info import OneKey as Request
from hostward.api.context import Context
from hostward.usecases.accounts import keys

__all__ = ["ERRORS", "Request", "Response", "answer"]

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


async def answer(ctx: Context, request: Request) -> Response:
    """Change the key."""
    await ctx.store.write(
        lambda uow: keys.set_enabled(uow, account=ctx.account, secret_id=request.access_key_id, enabled=False)
    )
    return Response()

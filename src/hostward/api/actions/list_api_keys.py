"""ListApiKeys (service hostward): the keys of a user or of all, oldest first; secrets are never among it."""

from typing import Final

import msgspec

from hostward.api.account_info import KeyInfo, key_info
from hostward.api.context import Context
from hostward.usecases.accounts import keys

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Whose; "" for all. Temporary keys are not listed."""

    user_name: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The keys."""

    keys: list[KeyInfo]
    total_count: int


async def answer(ctx: Context, request: Request) -> Response:
    """List the keys."""
    found = await ctx.store.read(lambda uow: keys.listing(uow, account=ctx.account, user=request.user_name))
    infos = [key_info(key, ctx.settings.time_zone) for key in found]
    return Response(keys=infos, total_count=len(infos))

"""CreateLoginLink (service hostward): a link that signs its user in to the console once, within ten minutes."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.new_keys import new_token
from hostward.api.times import wire_datetime
from hostward.usecases.accounts import sign_in

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Whose link: one's own, or anybody's with the permission user:write."""

    user_name: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The path to open at this server, shown once, and until when."""

    path: str
    expire_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Make the link."""
    token = new_token()
    expires = await ctx.store.write(
        lambda uow: sign_in.link(uow, by=ctx.user, name=request.user_name, token=token, now=ctx.now)
    )
    return Response(path=sign_in.path_of(token), expire_time=wire_datetime(ctx.settings.time_zone, expires))

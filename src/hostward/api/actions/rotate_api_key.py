"""RotateApiKey (service hostward): a new key in the place of one, which works on for a while."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.new_keys import new_key
from hostward.api.times import wire_datetime
from hostward.api.values import between
from hostward.usecases.accounts import keys

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

_DEFAULT: Final = int(keys.DEFAULT_OVERLAP.total_seconds())
_LONGEST: Final = int(keys.MAX_OVERLAP.total_seconds())


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which key: one's own, or anybody's with the permission key:write. OverlapSeconds: 0 to 604,800."""

    access_key_id: str
    overlap_seconds: Uint64 = _DEFAULT


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new key, and until when the old one works. Keep SecretKey now: it is never shown again."""

    secret_id: str
    secret_key: str
    user_name: str
    old_secret_id: str
    old_expired_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Change the key over."""
    overlap = timedelta(seconds=between("OverlapSeconds", request.overlap_seconds, 0, _LONGEST))
    new = new_key()
    key = await ctx.store.write(
        lambda uow: keys.rotate(
            uow,
            account=ctx.account,
            secret_id=request.access_key_id,
            by=ctx.user,
            new=new,
            overlap=overlap,
            now=ctx.now,
        )
    )
    return Response(
        secret_id=key.secret_id,
        secret_key=key.secret,
        user_name=key.user.name,
        old_secret_id=request.access_key_id,
        old_expired_time=wire_datetime(ctx.settings.time_zone, ctx.now + overlap),
    )

"""CreateTemporaryToken (service hostward): a key for some hours, used with its token (X-TC-Token)."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.account_info import role_of
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code
from hostward.api.new_keys import new_key, new_token
from hostward.api.texts import TOKEN_NEEDS_KEY
from hostward.api.values import between
from hostward.domain.account import MAX_TOKEN_LIFE
from hostward.usecases.accounts import tokens

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

DEFAULT_SECONDS: Final = 1800
"""As Tencent's own GetFederationToken has it."""

_LONGEST: Final = int(MAX_TOKEN_LIFE.total_seconds())


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """How long (1 to 43,200 s), for which role ("": the caller's): what both this one and the caller's include."""

    duration_seconds: Uint64 = DEFAULT_SECONDS
    role: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The three parts of the credentials. ExpiredTime: seconds since 1970 UTC; Expiration: the same in ISO 8601."""

    tmp_secret_id: str
    tmp_secret_key: str
    token: str
    expired_time: int
    expiration: str


async def answer(ctx: Context, request: Request) -> Response:
    """Make the temporary key."""
    life = timedelta(seconds=between("DurationSeconds", request.duration_seconds, 1, _LONGEST))
    role = role_of(request.role) if request.role else None
    if not ctx.secret_id:
        raise ApiError(Code.UNSUPPORTED_OPERATION, TOKEN_NEEDS_KEY)
    new, token = new_key(), new_token()
    key = await ctx.store.write(
        lambda uow: tokens.create(
            uow, account=ctx.account, maker=ctx.secret_id, new=new, token=token, role=role, life=life, now=ctx.now
        )
    )
    expires = key.expires or ctx.now
    return Response(
        tmp_secret_id=key.secret_id,
        tmp_secret_key=key.secret,
        token=key.token,
        expired_time=int(expires.timestamp()),
        expiration=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )

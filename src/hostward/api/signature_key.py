"""The key that a request is signed with, checked in the order of the specification before its signature is."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hostward.api import texts
from hostward.api.errors import ApiError, Code
from hostward.api.keys import KeyRing
from hostward.domain.account import ApiKey

MAX_SKEW: Final = 300
"""Seconds between a request's timestamp and the server's time ("Signature v3", common parameters)."""

_SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request says of its sender. token: of a temporary key (X-TC-Token or Token), "" for none."""

    secret_id: str
    token: str = field(default="", repr=False)


async def signing_key(keys: KeyRing, said: Credentials, timestamp: str, now: datetime) -> ApiKey:
    """The key of these credentials, fit for use at this time.

    Raises ApiError, in this order: SecretIdNotFound, InvalidSecretId (disabled), AuthFailure (its user is disabled),
    SignatureExpire, TokenFailure.
    """
    key = await keys.find(said.secret_id)
    if key is None:
        raise ApiError(Code.SECRET_ID_NOT_FOUND, texts.NO_SUCH_ID)
    _check_usable(key, now)
    _check_time(timestamp, now)
    _check_token(key, said, now)
    return key


def _check_usable(key: ApiKey, now: datetime) -> None:
    if not key.is_usable(now):
        raise ApiError(Code.INVALID_SECRET_ID, texts.KEY_DISABLED, secret_id=key.secret_id)
    if not key.user.is_active:
        raise ApiError(Code.AUTH_FAILURE, texts.USER_DISABLED, user=key.user.name)


def _check_time(timestamp: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(timestamp):
        raise ApiError(Code.SIGNATURE_EXPIRE, texts.BAD_TIMESTAMP, value=texts.shown(timestamp))
    if abs(now.timestamp() - int(timestamp)) > MAX_SKEW:
        said = now.strftime("%Y-%m-%d %H:%M:%S UTC")
        raise ApiError(Code.SIGNATURE_EXPIRE, texts.EXPIRED, seconds=MAX_SKEW, now=said)


def _check_token(key: ApiKey, said: Credentials, now: datetime) -> None:
    """A temporary key needs its token while that lives; other keys have none, so that one that comes along is wrong."""
    if not key.accepts(said.token, now):
        raise ApiError(Code.TOKEN_FAILURE, texts.TOKEN_OVER if key.is_temporary else texts.TOKEN)

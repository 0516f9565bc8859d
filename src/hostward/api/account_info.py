"""Users and keys as the answers of the account actions have them."""

from datetime import tzinfo

import msgspec

from hostward.api.times import wire_datetime
from hostward.api.values import one_of
from hostward.domain.account import ApiKey, Role, User


class UserInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """A user. Tags: the user sees only machines that have one of these; none means all machines."""

    user_name: str
    role: str
    enabled: bool
    locked: bool
    tags: list[str]


class KeyInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """A key without its secret. LastUsedTime: to the minute, "" before the first use. ExpiredTime: "" for never."""

    secret_id: str
    user_name: str
    enabled: bool
    created_time: str
    last_used_time: str
    expired_time: str


class OneUser(msgspec.Struct, rename="pascal", kw_only=True):
    """Which user."""

    user_name: str


class UserAnswer(msgspec.Struct, rename="pascal", kw_only=True):
    """The user as they are now."""

    user: UserInfo


class OneKey(msgspec.Struct, rename="pascal", kw_only=True):
    """Which key: its SecretId, under the name that CAM has for it (SecretId is a common parameter of version 1)."""

    access_key_id: str


class Done(msgspec.Struct, rename="pascal"):
    """Nothing but the RequestId."""


def user_info(user: User) -> UserInfo:
    """A user as an answer has them."""
    return UserInfo(user_name=user.name, role=user.role, enabled=user.enabled, locked=user.locked, tags=list(user.tags))


def key_info(key: ApiKey, zone: tzinfo) -> KeyInfo:
    """A key as an answer has it."""
    return KeyInfo(
        secret_id=key.secret_id,
        user_name=key.user.name,
        enabled=key.enabled,
        created_time=wire_datetime(zone, key.created),
        last_used_time=wire_datetime(zone, key.last_used),
        expired_time=wire_datetime(zone, key.expires),
    )


def role_of(value: str) -> Role:
    """Role: administrator, operator or auditor."""
    return Role(one_of("Role", value, [role.value for role in Role]))

"""What roles may do: the table permission x role. What stands in neither is refused to everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hostward.domain.account import Role, User


class Permission(StrEnum):
    """What an action takes. Those that end in ":read" change nothing; calls that take any other are audited.

    READ and SCAN are short names for the two most used.
    """

    SCAN_READ = "scan:read"
    SCAN_START = "scan:start"
    SCAN_STOP = "scan:stop"
    SCHEDULE_READ = "schedule:read"
    SCHEDULE_WRITE = "schedule:write"
    MACHINE_READ = "machine:read"
    MACHINE_WRITE = "machine:write"
    MACHINE_TAG = "machine:tag"
    MACHINE_REMOVE = "machine:remove"
    ENROLMENT_READ = "enrolment:read"
    ENROLMENT_WRITE = "enrolment:write"
    EXPORT = "export:create"
    USER_READ = "user:read"
    USER_WRITE = "user:write"
    KEY_READ = "key:read"
    KEY_WRITE = "key:write"
    KEY_ROTATE = "key:rotate"
    TOKEN_CREATE = "token:create"
    LINK_CREATE = "link:create"
    SESSION_READ = "session:read"
    SESSION_END = "session:end"
    AUDIT_READ = "audit:read"
    REQUEST_READ = "request:read"
    NOTIFICATION_READ = "notification:read"
    NOTIFICATION_WRITE = "notification:write"
    FEED_READ = "feed:read"
    FEED_WRITE = "feed:write"
    IGNORE_READ = "ignore:read"
    IGNORE_WRITE = "ignore:write"
    VEX_READ = "vex:read"
    VEX_WRITE = "vex:write"
    READ = SCAN_READ
    SCAN = SCAN_START

    @property
    def changes(self) -> bool:
        """Whether what it allows changes anything."""
        return not self.value.endswith(":read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who has a permission.

    whole_account: not a user who is limited to tags, since it reaches beyond any machine. by_token: temporary keys
    too; False for what would outlive them.
    """

    roles: frozenset[Role]
    whole_account: bool = False
    by_token: bool = True


_ALL: Final = frozenset(Role)
_ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
_HANDLING: Final = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
_CHECKING: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})

GRANTS: Final[Mapping[Permission, Grant]] = {
    Permission.SCAN_READ: Grant(roles=_ALL),
    Permission.SCAN_START: Grant(roles=_HANDLING),
    Permission.SCAN_STOP: Grant(roles=_HANDLING),
    Permission.SCHEDULE_READ: Grant(roles=_ALL, whole_account=True),
    Permission.SCHEDULE_WRITE: Grant(roles=_HANDLING, whole_account=True),
    Permission.MACHINE_READ: Grant(roles=_ALL),
    Permission.MACHINE_WRITE: Grant(roles=_HANDLING),
    Permission.MACHINE_TAG: Grant(roles=_ADMINISTRATOR, whole_account=True, by_token=False),
    Permission.MACHINE_REMOVE: Grant(roles=_ADMINISTRATOR, whole_account=True),
    Permission.ENROLMENT_READ: Grant(roles=_ALL, whole_account=True),
    Permission.ENROLMENT_WRITE: Grant(roles=_ADMINISTRATOR, whole_account=True, by_token=False),
    Permission.EXPORT: Grant(roles=_ALL),
    Permission.USER_READ: Grant(roles=_CHECKING, whole_account=True),
    Permission.USER_WRITE: Grant(roles=_ADMINISTRATOR, whole_account=True, by_token=False),
    Permission.KEY_READ: Grant(roles=_CHECKING, whole_account=True),
    Permission.KEY_WRITE: Grant(roles=_ADMINISTRATOR, whole_account=True, by_token=False),
    Permission.KEY_ROTATE: Grant(roles=_ALL, by_token=False),
    Permission.TOKEN_CREATE: Grant(roles=_ALL, by_token=False),
    Permission.LINK_CREATE: Grant(roles=_ALL, by_token=False),
    Permission.SESSION_READ: Grant(roles=_ALL),
    Permission.SESSION_END: Grant(roles=_ALL),
    Permission.AUDIT_READ: Grant(roles=_CHECKING, whole_account=True),
    Permission.REQUEST_READ: Grant(roles=_ALL, whole_account=True),
    Permission.NOTIFICATION_READ: Grant(roles=_CHECKING, whole_account=True),
    Permission.NOTIFICATION_WRITE: Grant(roles=_ADMINISTRATOR, whole_account=True, by_token=False),
    Permission.FEED_READ: Grant(roles=_ALL),
    Permission.FEED_WRITE: Grant(roles=_HANDLING, whole_account=True),
    Permission.IGNORE_READ: Grant(roles=_ALL),
    Permission.IGNORE_WRITE: Grant(roles=_HANDLING, by_token=False),
    Permission.VEX_READ: Grant(roles=_ALL, whole_account=True),
    Permission.VEX_WRITE: Grant(roles=_HANDLING, whole_account=True, by_token=False),
}
"""The table. MACHINE_TAG is an administrator's: tags say what limited users see."""


class Lack(StrEnum):
    """Why a user has not a permission."""

    NO_ENTRY = "no entry"
    ROLE = "role"
    BOUND = "bound"
    TOKEN = "token"
    LIMITED = "limited"


def lacking(user: User, permission: Permission | None) -> Lack | None:
    """Why the user has not the permission; None when it is granted. No permission at all is granted to nobody."""
    grant = GRANTS.get(permission) if permission is not None else None
    if grant is None:
        return Lack.NO_ENTRY
    if user.role not in grant.roles:
        return Lack.ROLE
    if user.bound is not None:
        if not grant.by_token:
            return Lack.TOKEN
        if user.bound not in grant.roles:
            return Lack.BOUND
    return Lack.LIMITED if grant.whole_account and user.is_limited else None

"""The table permission x role."""

from dataclasses import replace

import pytest

from hostward.domain.account import Role, User
from hostward.domain.ids import AccountId, UserId
from hostward.domain.permission import GRANTS, Lack, Permission, lacking

ADMINISTRATOR = User(id=UserId(1), account=AccountId(1), name="ann", role=Role.ADMINISTRATOR)
NOTIFYING = {"notification:read", "notification:write"}
AUDITOR_READS = {
    "scan:read", "schedule:read", "machine:read", "user:read", "key:read", "audit:read", "request:read",
    "notification:read", "enrolment:read", "feed:read", "ignore:read", "vex:read",
}  # fmt: skip


ENROLLING = {"machine:remove", "enrolment:write"}


def user(role: Role, **others) -> User:
    """A user of this role."""
    return replace(ADMINISTRATOR, role=role, **others)


def granted(who: User) -> set[str]:
    """All that a user has."""
    return {permission.value for permission in Permission if lacking(who, permission) is None}


def test_every_permission_has_an_entry() -> None:
    """One without would be refused to everybody."""
    assert set(GRANTS) == set(Permission)


def test_an_administrator_has_every_permission() -> None:
    """There is nothing that nobody may do."""
    assert granted(ADMINISTRATOR) == {permission.value for permission in Permission}


def test_an_auditor_reads_all_and_changes_nothing_but_credentials_of_their_own() -> None:
    """Exports are files of what they may read."""
    own = {"export:create", "key:rotate", "link:create", "session:end", "session:read", "token:create"}
    assert granted(user(Role.AUDITOR)) == AUDITOR_READS | own


def test_an_operator_scans_and_handles_but_is_not_let_near_accounts() -> None:
    """Neither users, nor keys of others, nor the audit log."""
    missing = {permission.value for permission in Permission} - granted(user(Role.OPERATOR))
    assert (
        missing
        == {"user:read", "user:write", "key:read", "key:write", "audit:read", "machine:tag"} | NOTIFYING | ENROLLING
    )


def test_what_has_no_entry_is_refused_to_everybody() -> None:
    """The administrator too."""
    assert {lacking(user(role), None) for role in Role} == {Lack.NO_ENTRY}


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_limited_reaches_beyond_machines(role: Role, permission: Permission) -> None:
    """Users, keys, schedules and the audit log are of the whole account."""
    limited = lacking(user(role, tags=("env=prod",)), permission)
    whole = lacking(user(role), permission)
    expected = whole or (Lack.LIMITED if GRANTS[permission].whole_account else None)
    assert limited == expected


@pytest.mark.parametrize("bound", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_a_temporary_key_never_has_more_than_its_maker(role: Role, bound: Role) -> None:
    """Nor more than the role that it was made for."""
    temporary = granted(user(role, bound=bound))
    assert temporary <= granted(user(role)) & granted(user(bound))


@pytest.mark.parametrize("permission", ["user:write", "key:write", "key:rotate", "token:create", "machine:tag"])
def test_a_temporary_key_makes_nothing_that_outlives_it(permission: str) -> None:
    """An hour of an administrator's rights is an hour."""
    temporary = user(Role.ADMINISTRATOR, bound=Role.ADMINISTRATOR)
    assert lacking(temporary, Permission(permission)) is Lack.TOKEN


def test_a_role_is_told_before_the_role_of_a_key() -> None:
    """What the user lacks no key gives."""
    assert lacking(user(Role.AUDITOR, bound=Role.ADMINISTRATOR), Permission.SCAN_START) is Lack.ROLE
    assert lacking(user(Role.ADMINISTRATOR, bound=Role.AUDITOR), Permission.SCAN_START) is Lack.BOUND


@pytest.mark.parametrize("permission", list(Permission))
def test_names_of_permissions_say_whether_they_change(permission: Permission) -> None:
    """Auditing goes by them."""
    assert permission.changes is (not permission.value.endswith(":read"))

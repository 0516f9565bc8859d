"""Users, keys, tokens, names and tags."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.account import MOST_TAGS, ApiKey, Role, User, name_of, tags_of
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, UserId

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
USER = User(id=UserId(1), account=AccountId(1), name="ann", role=Role.ADMINISTRATOR)
KEY = ApiKey(secret_id="AKID1", secret="secret", user=USER, created=NOW)
TEMPORARY = replace(KEY, token="token", maker="AKID0", expires=NOW)


@pytest.mark.parametrize(
    ("enabled", "locked", "expected"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_user_who_is_disabled_or_locked_is_not_active(enabled: bool, locked: bool, expected: bool) -> None:
    """Either keeps them out."""
    assert replace(USER, enabled=enabled, locked=locked).is_active is expected


@pytest.mark.parametrize(
    "change",
    [{"role": Role.OPERATOR}, {"role": Role.AUDITOR}, {"enabled": False}, {"locked": True}, {"tags": ("env=prod",)}],
    ids=str,
)
def test_only_an_active_administrator_of_all_can_give_rights_back(change: dict) -> None:
    """Who is limited, kept out or of another role is not counted on."""
    assert (USER.is_keeper, replace(USER, **change).is_keeper) == (True, False)


@pytest.mark.parametrize(
    ("key", "at", "expected"),
    [
        (KEY, NOW, True),
        (replace(KEY, enabled=False), NOW, False),
        (replace(KEY, expires=NOW), NOW - SECOND, True),
        (replace(KEY, expires=NOW), NOW, False),
        (TEMPORARY, NOW + SECOND, True),
        (replace(TEMPORARY, enabled=False), NOW - SECOND, False),
    ],
    ids=["plain", "disabled", "replaced", "replaced and over", "temporary and over", "temporary and disabled"],
)
def test_a_key_is_usable_until_its_end(key: ApiKey, at: datetime, expected: bool) -> None:
    """A temporary one that is over is refused for its token instead."""
    assert key.is_usable(at) is expected


@pytest.mark.parametrize(
    ("key", "token", "at", "expected"),
    [
        (KEY, "", NOW, True),
        (KEY, "token", NOW, False),
        (TEMPORARY, "token", NOW - SECOND, True),
        (TEMPORARY, "token", NOW, False),
        (TEMPORARY, "", NOW - SECOND, False),
        (TEMPORARY, "Token", NOW - SECOND, False),
        (TEMPORARY, "token ", NOW - SECOND, False),
        (TEMPORARY, "tökén\ud800", NOW - SECOND, False),
        (replace(KEY, expires=NOW), "", NOW + SECOND, True),
    ],
)
def test_a_token_is_taken_with_its_key_while_it_lives(key: ApiKey, token: str, at: datetime, expected: bool) -> None:
    """A key that is not temporary takes none."""
    assert key.accepts(token, at) is expected


def test_no_secret_is_in_a_repr() -> None:
    """What is logged by accident is of no use to anybody."""
    shown = repr(replace(TEMPORARY, secret="s3cr3t", token="t0k3n"))
    assert ("s3cr3t" in shown, "t0k3n" in shown) == (False, False)


@pytest.mark.parametrize("name", ["a", "ann", "Ann.Smith@example.org", "ci-1", "7", "a" * 64])
def test_names_of_users(name: str) -> None:
    """Names of people and of programs."""
    assert name_of(name) == name


@pytest.mark.parametrize("name", ["", "-a", ".a", "a b", "a\n", "ä", "a" * 65, "a/b", "'; --", "\ud800", "local:root"])
def test_what_is_no_name_is_refused(name: str) -> None:
    """Nothing that a shell, a log or another name could be taken for ("local:" is for users of the machine)."""
    with pytest.raises(InvalidValue, match="user name"):
        name_of(name)


def test_tags_are_sorted_and_once_each() -> None:
    """So that equal limits are equal values."""
    assert tags_of(["b=2", "a=1", "b=2", "größe=klein", "a="]) == ("a=", "a=1", "b=2", "größe=klein")


@pytest.mark.parametrize(
    "tag", ["", "env", "=prod", "env=a b", "env=a,b", "a=b=c\n", "x" * 64 + "=1", "a=" + "x" * 129]
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    """The message says how tags are written."""
    with pytest.raises(InvalidValue, match="KEY=VALUE"):
        tags_of([tag])


def test_too_many_tags_are_refused() -> None:
    """The most are taken."""
    tags = [f"n={number}" for number in range(MOST_TAGS + 1)]
    assert len(tags_of(tags[1:])) == MOST_TAGS
    with pytest.raises(InvalidValue, match="too many"):
        tags_of(tags)

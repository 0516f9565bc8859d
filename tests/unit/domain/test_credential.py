"""What a password must be, and recovery codes."""

import re

import pytest

from hostward.domain.credential import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    Credential,
    must_be_strong,
    prepared,
    recovery_digest,
    recovery_text,
)
from hostward.domain.errors import InvalidValue


@pytest.mark.parametrize(
    "password",
    [
        "",
        "a" * MIN_PASSWORD,
        "short-pass1",
        "x9" * (MAX_PASSWORD // 2) + "y",
        "121212121212",
        "012345678901",
        "987654321098",
        "password1234",
        "Password!2026",
        "P@ssw0rd1234",
        "qwertyuiop123",
        "administrator",
        "Hostward-2026",
        "night-operator",
        "Night-Operator",
        "night-operator99",
    ],
)
def test_a_weak_password_is_refused_with_the_rule(password: str) -> None:
    """Too short, too long, the user's name, or among what is tried first."""
    with pytest.raises(InvalidValue, match="choose a password of 12 to 1024 characters"):
        must_be_strong(password, "night-operator")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tr0ub4dor&3-zebra", "密码不是一二三四五六七八九", "x" * 8 + "yzuvw", "a b c d e f g h"],
)
def test_any_other_password_will_do(password: str) -> None:
    """No rule about capitals, digits or signs: length is what counts."""
    must_be_strong(password, "night-operator")


def test_a_user_whose_name_is_only_digits_may_have_digits_in_a_password() -> None:
    """What is left of such a name without digits is nothing, which is no name."""
    must_be_strong("83926-17450-2", "4711")


def test_passwords_that_look_alike_are_the_same() -> None:
    """Two keyboards write one letter in two ways."""
    assert prepared("cafe\u0301") == prepared("caf\u00e9")


def test_recovery_codes_are_80_bits_in_fours() -> None:
    """As people write them down."""
    assert re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", recovery_text(bytes(range(10))))


def test_a_recovery_code_may_be_typed_in_any_way() -> None:
    """Dashes, spaces and capitals make no difference; a letter does."""
    code = recovery_text(b"0123456789")
    assert recovery_digest(code) == recovery_digest(code.upper().replace("-", " "))
    assert recovery_digest(code) != recovery_digest("a" + code[1:] if code[0] != "a" else "b" + code[1:])


def test_a_secret_that_was_not_turned_on_asks_for_no_code() -> None:
    """Else a half-done set-up would lock its user out."""
    assert [Credential(totp=b"s", totp_on=on).needs_code for on in (False, True)] == [False, True]


def test_a_credential_shows_none_of_its_secrets() -> None:
    """Wherever it is printed."""
    shown = repr(Credential(password="$argon2id$x", totp=b"topsecret"))
    assert ("argon2id" in shown, "topsecret" in shown) == (False, False)

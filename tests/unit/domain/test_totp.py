"""One-time codes by time."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.totp import DRIFT, NEVER, STEP_SECONDS, code_at, matched_step, secret_text, step_of, uri

SECRET = b"12345678901234567890"
NOW = datetime(2026, 12, 1, 12, 0, 7, tzinfo=UTC)
SPAN = timedelta(seconds=STEP_SECONDS)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code[-6:]


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_before_and_after(steps: int, accepted: bool) -> None:
    """Clocks differ, and typing takes time."""
    code = code_at(SECRET, step_of(NOW + steps * SPAN))
    assert (matched_step(SECRET, code, NOW) is not None) is accepted


def test_a_step_that_was_used_counts_no_more() -> None:
    """Nor do those before it: whoever looked over a shoulder comes too late."""
    step = step_of(NOW)
    assert matched_step(SECRET, code_at(SECRET, step), NOW, last=step) is None
    assert matched_step(SECRET, code_at(SECRET, step - 1), NOW, last=step) is None
    assert matched_step(SECRET, code_at(SECRET, step + 1), NOW, last=step) == step + 1


@given(st.text(max_size=12))
def test_only_the_codes_of_three_steps_match(text: str) -> None:
    """Whatever else is typed."""
    codes = {code_at(SECRET, step_of(NOW) + step) for step in range(-DRIFT, DRIFT + 1)}
    assert (matched_step(SECRET, text, NOW, last=NEVER) is not None) == (text in codes)


def test_the_address_of_a_secret_is_what_apps_read() -> None:
    """Key Uri Format: the label is quoted, the secret has no padding."""
    parts = urlsplit(uri(SECRET, "ann@example"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Hostward:ann%40example")
    assert parse_qs(parts.query) == {
        "secret": [secret_text(SECRET)], "issuer": ["Hostward"], "algorithm": ["SHA1"], "digits": ["6"],
        "period": ["30"],
    }  # fmt: skip
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

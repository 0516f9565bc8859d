"""What a browser sends along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.usecases.accounts.browser import COOKIE, MAX_TOKEN, digest_of, is_own_page, token_in


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("", ""),
        (f"{COOKIE}=abc", "abc"),
        (f"a=b; {COOKIE}=abc; c=d", "abc"),
        (f"x{COOKIE}=abc", ""),
        (f"{COOKIE}=first; {COOKIE}=second", "first"),
        (f"{COOKIE}=", ""),
        (f"{COOKIE}=" + "x" * (MAX_TOKEN + 1), ""),
        ("a=b; " * 10_000 + f"{COOKIE}=late", ""),
    ],
)
def test_our_cookie_is_found_among_others(header: str, token: str) -> None:
    """And nothing that only looks like it."""
    assert token_in(header) == token


@given(st.text(max_size=300))
def test_no_header_makes_reading_it_fail(header: str) -> None:
    """Cookies are whatever a client sends."""
    assert len(token_in(header)) <= MAX_TOKEN
    assert len(digest_of(token_in(header))) == 32


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("", True),
        ("https://scan.example:8443", True),
        ("http://scan.example:8443", True),
        ("https://SCAN.example:8443", True),
        ("https://scan.example", False),
        ("https://evil.example", False),
        ("https://scan.example:8443.evil.example", False),
        ("null", False),
        ("file://scan.example:8443", False),
        ("scan.example:8443", False),
    ],
)
def test_only_pages_of_this_server_are_its_own(origin: str, own: bool) -> None:
    """A client that sends no Origin is no browser that somebody else's page could drive."""
    assert is_own_page(origin, "scan.example:8443") is own

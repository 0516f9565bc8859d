"""Identifiers and secrets."""

import base64
import uuid

from hostward.runtime import ids


def test_a_request_id_is_a_random_uuid() -> None:
    """Clients look for the usual form of a UUID in answers and logs."""
    assert uuid.UUID(ids.request_id()).version == 4


def test_request_ids_differ() -> None:
    """Two requests must never be taken for one another in a log."""
    assert len({ids.request_id() for _ in range(1_000)}) == 1_000


def test_a_token_holds_256_bits_without_padding() -> None:
    """Its 43 characters decode to exactly 32 bytes."""
    token = ids.token()
    assert (len(token), len(base64.urlsafe_b64decode(token + "="))) == (43, 32)


def test_a_token_has_the_size_that_is_asked_for() -> None:
    """Sixteen bytes are twenty-two characters of base64."""
    assert len(ids.token(16)) == 22


def test_tokens_differ() -> None:
    """A repeated secret would be no secret."""
    assert len({ids.token() for _ in range(1_000)}) == 1_000


def test_a_name_has_its_prefix_and_letters_and_digits() -> None:
    """Nothing in a name needs quoting in a shell, a URL or a header."""
    made = ids.name(32, prefix="HWID")
    assert (made[:4], len(made), made.isalnum(), made.isascii()) == ("HWID", 36, True, True)


def test_names_differ() -> None:
    """Two keys must not share a name."""
    assert len({ids.name(20) for _ in range(1_000)}) == 1_000

"""Names and secrets of keys that are about to be made."""

from typing import Final

from hostward.runtime import ids
from hostward.usecases.accounts.keys import NewKey

SECRET_ID_LENGTH: Final = 32
SECRET_ID_PREFIX: Final = "AKID"
"""What clients of this API expect a SecretId to look like."""

SECRET_KEY_LENGTH: Final = 32


def new_key() -> NewKey:
    """A fresh SecretId and SecretKey."""
    return NewKey(secret_id=ids.name(SECRET_ID_LENGTH, prefix=SECRET_ID_PREFIX), secret=ids.name(SECRET_KEY_LENGTH))


def new_token() -> str:
    """A fresh token of a temporary key: 256 bits."""
    return ids.token()

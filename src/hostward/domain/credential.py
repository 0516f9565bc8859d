"""What a user signs in with beside a name: a password, codes by time, recovery codes. And what a password must be."""

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from hostward.domain.errors import InvalidValue
from hostward.domain.totp import NEVER

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 1024
"""Characters of a password."""

MIN_DISTINCT: Final = 5
"""Different characters of a password: "aaaaaaaaaaaa" and "121212121212" are among what is tried first."""

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
"""80 bits each: they can't be found from their hashes, so that these need no slow hash."""

RULE: Final = (
    f"choose a password of {MIN_PASSWORD} to {MAX_PASSWORD} characters that is not the user's name and not among the "
    "very common ones"
)

_COMMON_WORDS: Final = """
    abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefghijklmnopqrstuvwxyz adminadminadmin administrator baseball
    changeme changemenow changemeplease computer correcthorsebatterystaple default dragon football hostward
    hostwardadmin hostwardpassword iloveyou iloveyouforever internet letmein letmeinplease masterpassword monkey
    mypassword newpassword oldpassword pass passw passwd passwordpassword password princess qazwsxedcrfv
    qwertyasdfgh qwertyuiop qwertyuiopasdfghjkl secret secretpassword security starwars sunshine superman
    supersecret superuser temporary testtest testpassword trustnoone unbreakable verysecret welcome welcomehome
    whatever zaqxswcdevfr passwort motdepasse contrasena mima woaini woainiwoaini
"""
"""What people write first; digits and signs before and after one of these make it no better."""

_COMMON: Final = frozenset(_COMMON_WORDS.split())
_SEQUENCE: Final = "01234567890123456789"
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_INNER: Final = str.maketrans({"@": "a", "0": "o", "1": "i", "3": "e", "5": "s", "$": "s", "!": "i"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is stored of one user. password: its hash, "" for none.

    totp: the secret that codes are made from, None for none; it counts once totp_on, and totp_step is the last step
    whose code was used.
    """

    password: str = field(default="", repr=False)
    totp: bytes | None = field(default=None, repr=False)
    totp_on: bool = False
    totp_step: int = NEVER

    @property
    def needs_code(self) -> bool:
        """Whether a password alone does not sign in."""
        return self.totp_on and self.totp is not None


def prepared(password: str) -> str:
    """A password as it is hashed: what looks alike counts as the same, however a keyboard writes it (NIST 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def must_be_strong(password: str, user: str) -> None:
    """Raises InvalidValue with the rule for a password that is too short, too long, the user's name or very common."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidValue(f"this password has {len(password)} characters: {RULE}")
    if is_guessed_first(password, user):
        raise InvalidValue(f"this password is among the first that anybody tries: {RULE}")


def is_guessed_first(password: str, user: str) -> bool:
    """Whether it is the user's name or very common, also with digits or signs around it."""
    plain = prepared(password).lower()
    name = user.lower()
    bare, plain_name = _bare(plain), _bare(name)
    spelt = _bare(bare.translate(_INNER))
    return (
        len(set(plain)) < MIN_DISTINCT
        or plain in _SEQUENCE
        or plain in _SEQUENCE[::-1]
        or plain == name
        or bool(plain_name and bare == plain_name)
        or bool({bare, spelt} & _COMMON)
    )


def recovery_text(random: bytes) -> str:
    """A recovery code: 16 letters and digits (base32) in fours, "abcd-efgh-ijkl-mnop"."""
    digits = base64.b32encode(random).decode().lower().rstrip("=")
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def recovery_digest(code: str) -> bytes:
    """What is stored of a recovery code; spaces, dashes and capitals make no difference."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode("utf-8", "surrogatepass")).digest()


def _bare(text: str) -> str:
    return _EDGES.sub("", text)

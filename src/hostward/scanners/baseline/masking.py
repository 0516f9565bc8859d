"""Secrets taken out of evidence: what leaves the host says that there is a secret, never which."""

import re

MASK = "[masked]"

_CRYPT = re.compile(r"(\$(?:[0-9][a-z]?|y|gy|sm3|sha1|md5|argon2id?|bcrypt-sha256)\$)[^\s:,'\"]+")
"""Hashes of crypt(5): a scheme between dollars, then salt and hash."""

_ACCOUNT_LINE = re.compile(r"^([^\s:=]{1,64}):([^:\s]{13,}|_[^:\s]{8,}):(?=[^:]*:)", re.MULTILINE)
"""A line of passwd or shadow whose password field is long enough for a hash (13 characters: the DES scheme)."""

_NAMED = re.compile(r"(?i)(?<![\w/.-])(pass(?:word|wd|phrase)?|secret|token|api_?key)\b(\s*[=:]\s*)(?!\[)([^\s,;]+)")
"""A value that its own name calls secret."""


def masked(text: str) -> str:
    """The text without password hashes and without values named password, secret, token or key."""
    text = _CRYPT.sub(rf"\1{MASK}", text)
    text = _ACCOUNT_LINE.sub(rf"\1:{MASK}:", text)
    return _NAMED.sub(rf"\1\2{MASK}", text)

"""Probe accounts: what the account database says, without a single password hash."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.account_files import PASSWD, SHADOW, Record, Records, read_records
from hostward.scanners.baseline.answer import Answer, Fact, Reading, answer_of_error
from hostward.scanners.baseline.site import Site

SYSTEM_UIDS = range(1, 1000)
"""Accounts of the system, without root: SYS_UID_MAX of login.defs(5) is 999 on every current distribution."""

_SCHEMES = (
    ("$y$", "yescrypt"),
    ("$gy$", "gost-yescrypt"),
    ("$7$", "scrypt"),
    ("$6$", "sha512crypt"),
    ("$5$", "sha256crypt"),
    ("$2", "bcrypt"),
    ("$sm3$", "sm3crypt"),
    ("$sha1", "sha1crypt"),
    ("$md5", "sunmd5"),
    ("$1$", "md5crypt"),
    ("$3$", "nthash"),
    ("_", "bsdicrypt"),
)
"""Prefixes of hashes, from crypt(5)."""


class Accounts:
    """target: one query of QUERIES. One fact an account, its value as the query says."""

    name: ClassVar[str] = "accounts"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Facts in the file's order. Missing without a passwd file; lines that are no account are gaps."""
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"accounts has no query {query}: there are {', '.join(QUERIES)}")
        try:
            passwd = self._passwd
        except OSError as error:
            return answer_of_error(PASSWD, error)
        if query in _PASSWD_ONLY:
            return Reading(facts=tuple(QUERIES[query](passwd, None)), gaps=passwd.gaps)
        try:
            shadow = self._shadow
        except OSError as error:
            return answer_of_error(SHADOW, error)
        gaps = passwd.gaps + (shadow.gaps if shadow else ())
        return Reading(facts=tuple(QUERIES[query](passwd, shadow)), gaps=gaps)

    @cached_property
    def _passwd(self) -> Records:
        return read_records(self._root, PASSWD)

    @cached_property
    def _shadow(self) -> Records | None:
        """None when there is no shadow file: then no account that points to it can log in by password."""
        try:
            return read_records(self._root, SHADOW)
        except (FileNotFoundError, NotADirectoryError):
            return None


def state_of(field: str) -> str:
    """What a password field holds, in one word: "empty", "locked", or the hash's scheme ("yescrypt").

    A lock ("!") before a hash is still locked. An unknown form that could be a hash is "unknown".
    """
    if not field:
        return "empty"
    if field[0] in "!*" or field == "x":
        return "locked"
    for prefix, scheme in _SCHEMES:
        if field.startswith(prefix):
            return scheme
    return "descrypt" if len(field) == 13 else "unknown"


def _root_numbers(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """Accounts with the rights of root: UID 0."""
    for account in passwd.records:
        if account.number == 0:
            yield Fact(subject=account.name, value="0", source=account.source)


def _passwd_fields(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """What stands in the world-readable file: "shadowed", "empty", "locked" or a hash's scheme."""
    for account in passwd.records:
        field = account.fields[1]
        yield Fact(subject=account.name, value="shadowed" if field == "x" else state_of(field), source=account.source)


def _passwords(passwd: Records, shadow: Records | None) -> Iterator[Fact]:
    """The state of the password that counts for each account."""
    entries = {entry.name: entry for entry in reversed(shadow.records)} if shadow else {}
    for account in passwd.records:
        yield _password(account, entries.get(account.name))


def _system_passwords(passwd: Records, shadow: Records | None) -> Iterator[Fact]:
    """The same for accounts of the system only (SYSTEM_UIDS)."""
    system = tuple(account for account in passwd.records if account.number in SYSTEM_UIDS)
    return _passwords(Records(records=system), shadow)


def _password(account: Record, entry: Record | None) -> Fact:
    if account.fields[1] == "x" and entry is not None:
        return Fact(subject=account.name, value=state_of(entry.fields[1]), source=entry.source)
    return Fact(subject=account.name, value=state_of(account.fields[1]), source=account.source)


QUERIES: Mapping[str, Callable[[Records, Records | None], Iterator[Fact]]] = {
    "root_numbers": _root_numbers,
    "passwd_fields": _passwd_fields,
    "passwords": _passwords,
    "system_passwords": _system_passwords,
}

_PASSWD_ONLY = frozenset({"root_numbers", "passwd_fields"})

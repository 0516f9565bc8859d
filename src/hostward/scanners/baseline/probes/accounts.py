"""Probe accounts: what the account database says, without a single password hash."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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

NEVER = "99999"
"""What shadow(5) and login.defs(5) write for a password that needs no change (274 years)."""

_SHUT = frozenset({"false", "halt", "nologin", "shutdown", "sync", "true"})
"""Programs that are no shell: they say no, or do one thing and end."""


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


def _shells(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """The log-in program of each account of the system; an empty field means /bin/sh (passwd(5))."""
    for account in passwd.records:
        if account.number in SYSTEM_UIDS:
            yield Fact(subject=account.name, value=account.fields[6] or "/bin/sh", source=account.source)


def _shared_numbers(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """UIDs that several accounts have; who else is root is another query."""
    people = [account for account in passwd.records if account.number != 0]
    yield from shared(people, lambda account: str(account.number), "UID ")


def _shared_names(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """Names that stand there more than once."""
    yield from shared(passwd.records, lambda account: account.name, "")


def _root_group(passwd: Records, _shadow: Records | None) -> Iterator[Fact]:
    """Accounts whose own group is root's. Some of the system are so by tradition, without a shell to log in with."""
    for account in passwd.records:
        if int_or_none(account.fields[3]) == 0 and not is_shut(account):
            yield Fact(subject=account.name, value="0", source=account.source)


def _imports(passwd: Records, shadow: Records | None) -> Iterator[Fact]:
    """Lines that take accounts in from NIS."""
    for source in (*passwd.imports, *(shadow.imports if shadow else ())):
        yield Fact(subject="+", source=source)


def _password_days(passwd: Records, shadow: Records | None) -> Iterator[Fact]:
    """Days after which a password must be changed, of the accounts that have one; an empty field means never."""
    names = {account.name for account in passwd.records}
    for entry in shadow.records if shadow else ():
        if entry.name in names and state_of(entry.fields[1]) not in {"locked", "empty"}:
            yield Fact(subject=entry.name, value=entry.fields[4] or NEVER, source=entry.source)


def shared(records: Iterable[Record], key: Callable[[Record], str], what: str) -> Iterator[Fact]:
    """One fact a key that several records have: its value names them."""
    together: dict[str, list[Record]] = {}
    for record in records:
        together.setdefault(key(record), []).append(record)
    for same, owners in together.items():
        if len(owners) > 1:
            names = ", ".join(owner.name for owner in owners)
            yield Fact(subject=f"{what}{same}", value=names, source=owners[-1].source)


def is_shut(account: Record) -> bool:
    """True for an account whose log-in program lets nobody in."""
    return account.fields[6].rpartition("/")[2] in _SHUT


def int_or_none(field: str) -> int | None:
    """The number that a field holds, None when it holds none."""
    return int(field) if field.isascii() and field.isdigit() else None


def _password(account: Record, entry: Record | None) -> Fact:
    if account.fields[1] == "x" and entry is not None:
        return Fact(subject=account.name, value=state_of(entry.fields[1]), source=entry.source)
    return Fact(subject=account.name, value=state_of(account.fields[1]), source=account.source)


QUERIES: Mapping[str, Callable[[Records, Records | None], Iterator[Fact]]] = {
    "root_numbers": _root_numbers,
    "passwd_fields": _passwd_fields,
    "passwords": _passwords,
    "system_passwords": _system_passwords,
    "shells": _shells,
    "shared_numbers": _shared_numbers,
    "shared_names": _shared_names,
    "root_group": _root_group,
    "imports": _imports,
    "password_days": _password_days,
}

_PASSWD_ONLY = frozenset({"root_numbers", "passwd_fields", "shells", "shared_numbers", "shared_names", "root_group"})

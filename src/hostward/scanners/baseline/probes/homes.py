"""Probe homes: the home folders of people (accounts that can log in), and the files in them that decide who gets in."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.account_files import PASSWD, Record, read_records
from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, answer_of_error
from hostward.scanners.baseline.mountinfo import MOUNTINFO, parse_mountinfo
from hostward.scanners.baseline.paths import followed
from hostward.scanners.baseline.probes.accounts import int_or_none, is_shut
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.walk import LOCAL_KINDS

FIRST_PERSON = 1000
"""UID_MIN of login.defs(5) on every current distribution."""

NOBODY = range(65_533, 65_536)
"""Numbers that stand for nobody."""

MAX_HOMES = 5_000
"""Homes that are looked at; more are a gap."""

START_FILES = (
    ".bash_login",
    ".bash_logout",
    ".bash_profile",
    ".bashrc",
    ".config",
    ".cshrc",
    ".forward",
    ".kshrc",
    ".login",
    ".pam_environment",
    ".profile",
    ".ssh",
    ".ssh/authorized_keys",
    ".ssh/authorized_keys2",
    ".ssh/config",
    ".ssh/rc",
    ".tcshrc",
    ".zlogin",
    ".zprofile",
    ".zshenv",
    ".zshrc",
)
"""Files that a log-in runs or trusts: who writes them acts as their owner."""

SECRET_FILES = (
    ".aws/credentials",
    ".git-credentials",
    ".kube/config",
    ".my.cnf",
    ".netrc",
    ".pgpass",
    ".ssh/id_dsa",
    ".ssh/id_ecdsa",
    ".ssh/id_ed25519",
    ".ssh/id_rsa",
)
"""Files that hold passwords and keys."""

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Homes:
    """target: one query of QUERIES. Subject: the path; value: what the query says."""

    name: ClassVar[str] = "homes"

    def __init__(self, site: Site) -> None:
        self._site = site
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Facts in the order of the accounts. Missing without a passwd file; homes on network mounts are noted. Also
        Missing when there is no home to speak of.
        """
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"homes has no query {query}: there are {', '.join(QUERIES)}")
        try:
            passwd = read_records(self._root, PASSWD)
        except OSError as error:
            return answer_of_error(PASSWD, error)
        gaps = list(passwd.gaps)
        people = [(account.fields[5], account) for account in passwd.records if _is_person(account)]
        if len(people) > MAX_HOMES:
            gaps.append(f"more than {MAX_HOMES:,} homes")
        away = [home for home, _ in people if self._is_away(home)]
        facts: list[Fact] = []
        for home, account in people[:MAX_HOMES]:
            if home not in away:
                facts += QUERIES[query](self, home, account, gaps)
        if not facts and not gaps and query in _OF_HOMES:
            return Missing(reason="nobody who can log in has a home folder here")
        note = f"not looked at, on another machine: {', '.join(away[:3])}" if away else ""
        return Reading(facts=tuple(facts), gaps=tuple(gaps), note=note)

    def modes(self, home: str, account: Record, gaps: list[str]) -> Iterator[Fact]:
        """Permission bits of the home; root's is judged by itself."""
        if account.number == 0:
            return
        for path, found, link in self._existing(home, ("",), gaps):
            yield Fact(subject=path, value=f"{stat.S_IMODE(found.st_mode):04o}", source=link)

    def owners(self, home: str, account: Record, gaps: list[str]) -> Iterator[Fact]:
        """Whose the home is: "own" or the other's number."""
        for path, found, link in self._existing(home, ("",), gaps):
            value = "own" if found.st_uid == account.number else f"UID {found.st_uid}"
            yield Fact(subject=path, value=value, source=link)

    def start_files(self, home: str, account: Record, gaps: list[str]) -> Iterator[Fact]:
        """Who may change what a log-in runs: "safe" or who it is. A group with the account's own number is himself."""
        for path, found, link in self._existing(home, START_FILES, gaps):
            yield Fact(subject=path, value=_judged(found, account), source=link)

    def secret_files(self, home: str, _account: Record, gaps: list[str]) -> Iterator[Fact]:
        """Permission bits of files with secrets in them."""
        for path, found, link in self._existing(home, SECRET_FILES, gaps):
            yield Fact(subject=path, value=f"{stat.S_IMODE(found.st_mode):04o}", source=link)

    def _existing(
        self, home: str, names: tuple[str, ...], gaps: list[str]
    ) -> Iterator[tuple[str, os.stat_result, str]]:
        for name in names:
            path = f"{home.rstrip('/')}/{name}".rstrip("/")
            try:
                found, link = followed(self._root, path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                gaps.append(f"{path}: {error.strerror or error}")
                continue
            yield path, found, link

    def _is_away(self, home: str) -> bool:
        """On a file system of another machine, which is not ours to judge, and may hang."""
        over = [point for point in self._mounts if point == "/" or f"{home}/".startswith(f"{point}/")]
        return bool(over) and self._mounts[max(over, key=len)] not in LOCAL_KINDS

    @cached_property
    def _mounts(self) -> dict[str, str]:
        """File system types by mount point; empty beneath another root."""
        if not self._site.is_this_machine:
            return {}
        return {mount.point: mount.kind for mount in parse_mountinfo(self._root.read(MOUNTINFO))}


QUERIES: dict[str, Callable[[Homes, str, Record, list[str]], Iterator[Fact]]] = {
    "modes": Homes.modes,
    "owners": Homes.owners,
    "start_files": Homes.start_files,
    "secret_files": Homes.secret_files,
}

_OF_HOMES = frozenset({"modes", "owners"})


def _is_person(account: Record) -> bool:
    """Root and everybody with a number of people, a log-in shell, and a home of his own."""
    is_numbered = account.number == 0 or (account.number >= FIRST_PERSON and account.number not in NOBODY)
    return is_numbered and not is_shut(account) and account.fields[5].strip("/") != "" and account.fields[5][0] == "/"


def _judged(found: os.stat_result, account: Record) -> str:
    if found.st_uid not in {0, account.number}:
        return f"belongs to UID {found.st_uid}"
    is_private = found.st_gid == account.number == int_or_none(account.fields[3])
    if found.st_mode & (stat.S_IWOTH if is_private else _OTHERS):
        return f"can be written by others ({stat.S_IMODE(found.st_mode):04o})"
    return "safe"

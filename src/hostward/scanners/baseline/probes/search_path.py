"""Probe search_path: the folders in which root's shells and jobs look for programs."""

import os
import re
import stat
from dataclasses import dataclass
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.paths import followed
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import lines_of

FILES = (
    "/etc/environment",
    "/etc/login.defs",
    "/etc/crontab",
    "/etc/profile",
    "/etc/profile.d/*.sh",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/root/.profile",
    "/root/.bash_profile",
    "/root/.bash_login",
    "/root/.bashrc",
)
"""Files that set PATH for root; those of a single service are not read."""

STANDARD = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""Folders that every PATH of root's has."""

QUERIES = ("entries", "folders")

_ASSIGNED = re.compile(r"""^\s*(?:export\s+|ENV_SUPATH\s+)?PATH\s*=\s*("[^"]*"|'[^']*'|[^\s;#]*)""")
_HOME = re.compile(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)")
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One part of one PATH as it is written, "" for an empty one."""

    text: str
    source: str


class SearchPath:
    """target: one of QUERIES.

    entries: every part of every PATH, its value "absolute" or "relative" (".", empty: wherever root stands).
    folders: every such folder that exists, its value "safe" or who besides root may put a program there.
    """

    name: ClassVar[str] = "search_path"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Parts made of other variables are left out. Missing when nothing sets PATH, and when no folder exists."""
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"search_path has no query {query}: there are {', '.join(QUERIES)}")
        gaps: list[str] = []
        entries = self._entries(gaps)
        facts = _written(entries) if query == "entries" else self._folders(entries, gaps)
        if not facts and not gaps:
            return Missing(reason="no file sets PATH" if query == "entries" else "no folder of programs exists")
        return Reading(facts=tuple(facts), gaps=tuple(gaps))

    def _entries(self, gaps: list[str]) -> list[Entry]:
        entries: list[Entry] = []
        for path in [path for pattern in FILES for path in self._root.glob(pattern)]:
            try:
                data = self._root.read(path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                gaps.append(f"{path}: {error.strerror or error}")
                continue
            entries += _assigned(path, data)
        return entries

    def _folders(self, entries: list[Entry], gaps: list[str]) -> list[Fact]:
        sources = dict.fromkeys(STANDARD, "")
        for entry in entries:
            if entry.text.startswith("/"):
                sources.setdefault(entry.text.rstrip("/") or "/", entry.source)
        facts: list[Fact] = []
        for folder, source in sources.items():
            try:
                found, link = followed(self._root, folder)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                gaps.append(f"{folder}: {error.strerror or error}")
                continue
            if stat.S_ISDIR(found.st_mode):
                facts.append(Fact(subject=folder, value=_judged(found), source=source or link))
        return facts


def _assigned(path: str, data: bytes) -> list[Entry]:
    entries: list[Entry] = []
    for number, line in enumerate(lines_of(data), start=1):
        found = _ASSIGNED.match(line)
        if found is None:
            continue
        for part in found[1].strip("\"'").split(":"):
            text = _HOME.sub("/root", part)
            if "$" not in text and "`" not in text:
                entries.append(Entry(text=text, source=f"{path}:{number}"))
    return entries


def _written(entries: list[Entry]) -> list[Fact]:
    return [
        Fact(
            subject=entry.text or "(empty)",
            value="absolute" if entry.text.startswith("/") else "relative",
            source=entry.source,
        )
        for entry in entries
    ]


def _judged(found: os.stat_result) -> str:
    if found.st_uid != 0:
        return f"belongs to UID {found.st_uid}"
    writable = found.st_mode & _OTHERS
    if writable & stat.S_IWOTH or (writable and found.st_gid != 0):
        return f"can be written by others ({stat.S_IMODE(found.st_mode):04o}, GID {found.st_gid})"
    return "safe"

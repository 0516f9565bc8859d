"""What a Debian changelog says of an installed version: the CVEs that newer entries name.

Format: Debian Policy 4.4 and deb-changelog(5). The newest entry comes first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hostward.domain.versions import dpkg

MAX_ENTRIES = 20_000
"""Entries of one changelog looked at."""
MAX_NAMED = 100_000
"""CVE ids of one changelog kept: the kernel's names some thousands."""

_HEADER = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]*) \(([!-'*-~]{1,255})\)(?: +[^\s;]+)+; *(.*)")
_URGENCY = re.compile(r"urgency *= *([a-z]+)", re.IGNORECASE)
_CVE = re.compile(r"\bCVE-[0-9]{4}-[0-9]{4,19}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One version's entry. urgency in lower case, "" when it has none; cves in upper case, each once, as named."""

    source: str
    version: str
    urgency: str
    cves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A CVE that the installed version lacks a fix for, and the first version whose entry names it."""

    cve: str
    fixed: str
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What newer entries say. whole: the changelog reaches back to the installed version, so nothing is missing."""

    fixes: tuple[Fix, ...] = ()
    whole: bool = True


def parse(text: str) -> list[Entry]:
    """The entries, newest first; text that is no changelog gives none."""
    entries: list[Entry] = []
    head: re.Match[str] | None = None
    cves: dict[str, None] = {}
    named = 0
    for line in text.splitlines():
        found = _HEADER.fullmatch(line.rstrip()) if line[:1].isalnum() else None
        if found is None:
            cves.update((cve.upper(), None) for cve in _CVE.findall(line))
            continue
        entries += _entry(head, cves)
        named += len(cves)
        head, cves = found, {}
        if len(entries) >= MAX_ENTRIES or named >= MAX_NAMED:
            return entries
    return [*entries, *_entry(head, cves)]


def lacking(entries: Sequence[Entry], installed: str) -> Lacking:
    """What the entries above the installed source version fix that it and older ones do not name.

    The first entry that is not newer than the installed version ends the newer ones: below it stand fixes that are
    there already, and a CVE named again above it (a regression, a second part) is not counted.
    """
    own = dpkg.key(installed)
    newer = list(_newer(entries, own))
    older = entries[len(newer) :]
    known = {cve for entry in older for cve in entry.cves}
    fixes: dict[str, Fix] = {}
    for entry in reversed(newer):
        for cve in entry.cves:
            if cve not in known:
                fixes.setdefault(cve, Fix(cve=cve, fixed=entry.version, urgency=entry.urgency))
    return Lacking(fixes=tuple(fixes.values()), whole=bool(older))


def _newer(entries: Sequence[Entry], own: bytes) -> Iterator[Entry]:
    for entry in entries:
        if dpkg.key(entry.version) <= own:
            return
        yield entry


def _entry(head: re.Match[str] | None, cves: dict[str, None]) -> list[Entry]:
    if head is None:
        return []
    urgency = _URGENCY.search(head[3])
    return [
        Entry(source=head[1], version=head[2], urgency=urgency[1].lower() if urgency else "", cves=tuple(cves)),
    ]

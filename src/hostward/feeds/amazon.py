"""Amazon Linux' advisories: the updateinfo.xml of its repositories, one document or a folder of them.

Format: updateinfo of yum and dnf. A repository has a document of its own (core, livepatch, extras); a folder of them is
one feed. The release that a package is for stands in its own release (".amzn2023"), since advisories of several may
have the same id.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.domain.matching import is_cve, level_of_word
from hostward.feeds import source
from hostward.feeds.contract import Reading
from hostward.feeds.fixed_builds import FixedBuilds
from hostward.feeds.osv_record import MAX_TEXT, time_of
from hostward.feeds.xml_stream import Node, parts

MAX_DEPTH = 4
"""Levels of folders gone into."""

_SIGNS = (b"<updates", b"linux-security@amazon.com")
_RELEASE = re.compile(r"\.amzn([0-9]+)(?:\.|\Z)")
_FIRST_GENERATION = "2018.03"
"""What os-release says where packages have ".amzn1"."""
_SECURITY = "security"


class _Amazon:
    name = "amazon"

    def sniff(self, path: Path) -> bool:
        """A document that Amazon's security team signs as its own, or a folder whose first one is."""
        first = next(_files(path), path) if path.is_dir() else path
        return all(sign in source.head(first) for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read it, plain or packed. Raises FeedError when it is damaged."""
        return Reading(lambda reading: _whole(path, reading))


AMAZON = _Amazon()


def _files(path: Path, depth: int = 0) -> Iterator[Path]:
    try:
        entries = sorted(path.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink():
            continue
        if entry.is_dir() and depth < MAX_DEPTH:
            yield from _files(entry, depth + 1)
        elif ".xml" in entry.suffixes:
            yield entry


def _whole(path: Path, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for file in _files(path) if path.is_dir() else (path,):
        for update in parts(file, {"update"}):
            advisory = _advisory(update, reading)
            if advisory is None:
                continue
            if advisory.id in seen:
                reading.skipped["advisories that were there before"] += 1
                continue
            seen.add(advisory.id)
            yield advisory
    if not seen:
        raise FeedError(f"{path}: holds no advisory of Amazon Linux")


def _advisory(update: Node, reading: Reading) -> Advisory | None:
    identity = update.said("id")
    links = [link for each in update.all("references") for link in each.all("reference")]
    cves = sorted({name for link in links if is_cve(name := link.attributes.get("id", ""))})
    if not identity or update.attributes.get("type") != _SECURITY or not cves:
        reading.skipped["advisories about no vulnerability" if identity else "records without an id"] += 1
        return None
    level = level_of_word(update.said("severity"))
    issued = update.first("issued")
    return Advisory(
        feed=AMAZON.name,
        id=identity,
        key=identity,
        aliases=tuple(cves),
        title=update.said("title"),
        description=update.said("description")[:MAX_TEXT],
        level=level,
        level_source="distribution severity" if level is not None else "",
        reference=next((href for link in links if (href := link.attributes.get("href", "")).startswith("http")), ""),
        published=time_of(issued.attributes.get("date")) if issued is not None else None,
        affected=_affected(update, reading),
    )


def _affected(update: Node, reading: Reading) -> tuple[Affected, ...]:
    builds = FixedBuilds(reading)
    for package in update.below("package"):
        said = package.attributes
        found = _RELEASE.search(said.get("release", ""))
        if found is None:
            reading.skipped["packages of no release that is known"] += 1
            continue
        release = _FIRST_GENERATION if found[1] == "1" else found[1]
        build = f"{said.get('epoch') or '0'}:{said.get('version', '')}-{said['release']}"
        builds.add(f"Amazon:{release}", said.get("name", ""), build)
    return builds.affected()

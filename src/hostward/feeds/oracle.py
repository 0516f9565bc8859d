"""Oracle Linux' advisories: OVAL patch definitions, all releases in one document.

Format: linux.oracle.com/security/oval (com.oracle.elsa-all.xml.bz2). What a definition asks for stands in the words of
its criteria ("Oracle Linux 9 is installed", "bind is earlier than 32:9.16.23-18.el9"), which Oracle's programs write;
the tests that they refer to come after all definitions and say the same. Words that are none of these are counted.
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

_SIGNS = (b"oval_definitions", b"Oracle Errata System")
_ID = re.compile(r"ELSA-[0-9]{4}-[0-9]+")
_INSTALLED = re.compile(r"Oracle Linux ([0-9]{1,2}) is installed")
_EARLIER = re.compile(r"(\S+) is earlier than (\S+)")
_WITHOUT_MEANING = re.compile(
    r"Oracle Linux arch is \S+|\S+ is signed with the Oracle Linux \S+ key|Module \S+ is enabled"
)
"""Architectures have the same fix, who signed a package does not tell whether it has the flaw, and builds of module
streams are left out by their own version.
"""
_APART = re.compile(r"\.ksplice|_fips")
"""Builds of lines of their own, whose epoch puts them above every usual one: those would all seem to lack the fix."""


class _Oracle:
    name = "oracle"

    def sniff(self, path: Path) -> bool:
        """Does Oracle's generator name itself?"""
        first = source.head(path)
        return all(sign in first for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read it, plain or packed. Raises FeedError when it is damaged."""
        return Reading(lambda reading: _whole(path, reading))


ORACLE = _Oracle()


def _whole(path: Path, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for definition in parts(path, {"definition"}):
        advisory = _advisory(definition, reading)
        if advisory is None:
            continue
        if advisory.id in seen:
            reading.skipped["advisories that were there before"] += 1
            continue
        seen.add(advisory.id)
        yield advisory
    if not seen:
        raise FeedError(f"{path}: holds no advisory of Oracle Linux")


def _advisory(definition: Node, reading: Reading) -> Advisory | None:
    metadata = definition.first("metadata") or Node("metadata", {})
    links = [link.attributes for link in metadata.all("reference")]
    identity = next((name for link in links if _ID.fullmatch(name := link.get("ref_id", ""))), "")
    cves = sorted({name for link in links if is_cve(name := link.get("ref_id", ""))})
    if not identity or not cves:
        reading.skipped["advisories about no vulnerability" if identity else "records without an id"] += 1
        return None
    about = metadata.first("advisory") or Node("advisory", {})
    level = level_of_word(about.said("severity"))
    issued = about.first("issued")
    return Advisory(
        feed=ORACLE.name,
        id=identity,
        key=identity,
        aliases=tuple(cves),
        title=" ".join(metadata.said("title").split()),
        description=metadata.said("description")[:MAX_TEXT],
        level=level,
        level_source="distribution severity" if level is not None else "",
        reference=next((url for link in links if (url := link.get("ref_url", "")).startswith("https://")), ""),
        published=time_of(issued.attributes.get("date")) if issued is not None else None,
        affected=_affected(definition, reading),
    )


def _affected(definition: Node, reading: Reading) -> tuple[Affected, ...]:
    builds = FixedBuilds(reading)
    for criteria in definition.all("criteria"):
        _collect(criteria, "", builds, reading)
    return builds.affected()


def _collect(criteria: Node, ecosystem: str, builds: FixedBuilds, reading: Reading) -> None:
    """The fixed builds below some criteria. ecosystem: of the release that holds for them, "" for none yet."""
    words = [" ".join(one.attributes.get("comment", "").split()) for one in criteria.all("criterion")]
    releases = [found[1] for each in words if (found := _INSTALLED.fullmatch(each))]
    if releases:
        ecosystem = f"Oracle:{releases[0]}"
    for each in words:
        found = _EARLIER.fullmatch(each)
        if found is not None and ecosystem and not _APART.search(found[2]):
            builds.add(ecosystem, found[1], found[2])
        elif found is not None:
            reading.skipped["packages of Ksplice and FIPS, or of no release"] += 1
        elif not _INSTALLED.fullmatch(each) and not _WITHOUT_MEANING.fullmatch(each):
            reading.skipped["criteria that are not understood"] += 1
    for inner in criteria.all("criteria"):
        _collect(inner, ecosystem, builds, reading)

"""Debian's security tracker: one JSON object, source package -> CVE -> what each release says.

Format: security-tracker.debian.org/tracker/data/json. It is grouped by package; what is given out is grouped by CVE,
so the file is held once as bytes and every record as a view into it, decoded when its CVE's turn comes.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.errors import FeedError
from hostward.domain.matching import level_of_word
from hostward.domain.severity import Level
from hostward.feeds import source
from hostward.feeds.contract import Reading

MAX_BYTES = 512 << 20
"""Largest tracker file taken, unpacked: several times the real one (well under 100 MB)."""
MAX_TITLE = 160
"""Characters of a description's first sentence shown as title."""

RELEASES = {
    "buzz": "1.1",
    "rex": "1.2",
    "bo": "1.3",
    "hamm": "2.0",
    "slink": "2.1",
    "potato": "2.2",
    "woody": "3.0",
    "sarge": "3.1",
    "etch": "4.0",
    "lenny": "5.0",
    "squeeze": "6.0",
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
}
"""Codename -> version as os-release and OSV have it (www.debian.org/releases); sid and experimental have none."""
UNRELEASED = frozenset({"sid", "experimental"})
"""Suites without a version: a rebuild for stable can hold a fix that a higher version in sid lacks."""

_FIRST_RECORD = re.compile(rb'\s*\{\s*"[^"]{1,255}"\s*:\s*\{\s*"(?:CVE|TEMP)-')
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_CVE = re.compile(r"(?:CVE-[0-9]{4}-[0-9]{4,19}|TEMP-[0-9]+-[0-9A-F]+)$")
_NOT_AFFECTED = "0"


class _Release(msgspec.Struct):
    status: str
    fixed_version: str = ""
    urgency: str = ""
    nodsa_reason: str | None = None


class _Record(msgspec.Struct):
    releases: dict[str, _Release]
    description: str = ""


_decode_file = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_package = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_record = msgspec.json.Decoder(_Record).decode


class _Debian:
    name = "debian"

    def sniff(self, path: Path) -> bool:
        """Is the first record a package whose first entry is a CVE?"""
        return _FIRST_RECORD.match(source.head(path)) is not None

    def read(self, path: Path) -> Reading:
        """Read a tracker file, plain or gzip. Raises FeedError when it is no whole JSON object, or none of these."""
        data = source.whole(path, MAX_BYTES)
        try:
            packages = _decode_file(data)
        except msgspec.DecodeError as error:
            raise FeedError(f"{path}: not a whole Debian tracker file: {error}; fetch it again") from error
        return Reading(lambda reading: _advisories(packages, reading))


DEBIAN = _Debian()


def _advisories(packages: dict[str, msgspec.Raw], reading: Reading) -> Iterator[Advisory]:
    by_cve: dict[str, list[tuple[str, msgspec.Raw]]] = {}
    for package, raw in packages.items():
        try:
            records = _decode_package(raw)
        except msgspec.DecodeError:
            reading.skipped["packages that can't be read"] += 1
            continue
        for cve, record in records.items():
            by_cve.setdefault(cve, []).append((package, record))
    for cve, entries in by_cve.items():
        advisory = _advisory(cve, entries, reading)
        if advisory is not None:
            yield advisory


def _advisory(cve: str, entries: list[tuple[str, msgspec.Raw]], reading: Reading) -> Advisory | None:
    """One CVE over all its packages; None when nothing of it can be read."""
    if not _CVE.match(cve):
        reading.skipped["records without a CVE or TEMP id"] += len(entries)
        return None
    affected: list[Affected] = []
    levels: list[Level] = []
    description, read = "", 0
    for package, raw in entries:
        try:
            record = _decode_record(raw)
        except msgspec.DecodeError:
            reading.skipped["records that can't be read"] += 1
            continue
        read += 1
        description = description or record.description
        affected += _affected(package, record, reading)
        levels += [level for each in record.releases.values() if (level := level_of_word(each.urgency))]
    if not read:
        return None
    level = max(levels, default=None)
    return Advisory(
        feed=DEBIAN.name,
        id=cve,
        key=cve,
        title=_title(description),
        description=description,
        level=level,
        level_source="debian urgency" if level is not None else "",
        reference=f"https://security-tracker.debian.org/tracker/{cve}",
        affected=tuple(affected),
    )


def _affected(package: str, record: _Record, reading: Reading) -> Iterator[Affected]:
    for codename, release in record.releases.items():
        version = RELEASES.get(codename)
        if version is None:
            if codename not in UNRELEASED:
                reading.skipped[f"entries of the unknown release {codename[:40]!r}"] += 1
            continue
        ecosystem = f"Debian:{version}"
        reading.ecosystems.add(ecosystem)
        match release.status:
            case "resolved" if release.fixed_version == _NOT_AFFECTED:
                pass
            case "resolved" if release.fixed_version:
                yield Affected(ecosystem=ecosystem, name=package, fixed=release.fixed_version)
            case "open":
                yield Affected(ecosystem=ecosystem, name=package, status=_open_status(release))
            case "undetermined":
                reading.skipped["entries that Debian calls undetermined"] += 1
            case _:
                reading.skipped["entries without a usable status"] += 1


def _open_status(release: _Release) -> FixStatus:
    if release.urgency == "end-of-life":
        return FixStatus.END_OF_LIFE
    return FixStatus.WONT_FIX if release.nodsa_reason == "ignored" else FixStatus.UNFIXED


def _title(description: str) -> str:
    sentence = _SENTENCE_END.split(description.strip(), maxsplit=1)[0]
    return sentence if len(sentence) <= MAX_TITLE else sentence[: MAX_TITLE - 1].rstrip() + "…"

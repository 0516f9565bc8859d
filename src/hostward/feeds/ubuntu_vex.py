"""Ubuntu's own VEX data: OpenVEX documents, one a CVE and one a security notice.

Format: security-metadata.canonical.com/vex (OpenVEX 0.2.0, documentation.ubuntu.com/security, "Ubuntu VEX data"). A
document of a CVE says what each release's package is: not affected, affected, being looked at, or fixed. The version
in it is the newest in the archive and not the one that brought the fix; that one stands in the notices alone, so that
a fix is taken from them and a machine between the two is not called vulnerable.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import msgspec

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.errors import FeedError, InvalidValue
from hostward.domain.matching import level_of_word
from hostward.domain.severity import Level
from hostward.domain.versions import dpkg
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import MAX_TEXT, time_of
from hostward.feeds.records import files, members, start
from hostward.feeds.zipped import ZIP_MAGIC

RELEASES = {
    "precise": "12.04",
    "trusty": "14.04",
    "utopic": "14.10",
    "vivid": "15.04",
    "wily": "15.10",
    "xenial": "16.04",
    "yakkety": "16.10",
    "zesty": "17.04",
    "artful": "17.10",
    "bionic": "18.04",
    "cosmic": "18.10",
    "disco": "19.04",
    "eoan": "19.10",
    "focal": "20.04",
    "groovy": "20.10",
    "hirsute": "21.04",
    "impish": "21.10",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
}
"""Codename -> version (wiki.ubuntu.com/Releases)."""
LEVEL_SOURCE = "distribution severity"

_IN_ZIP = b"vex/cve/"
_SIGNS = (b"openvex.dev/ns", b"pkg:deb/ubuntu/")
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")
_NOTICE = re.compile(r"/vex/usn/")
_PRODUCT = re.compile(
    r"pkg:deb/ubuntu/(?P<name>[a-z0-9][a-z0-9+.-]{0,99})@(?P<version>[^?]+)\?arch=(?:source|src)[&?]distro=(?P<distro>.+)"
)
_PRIORITY = re.compile(r"as of (\w+) priority", re.IGNORECASE)
_PLAIN, _PRO = frozenset({"", "ubuntu"}), frozenset({"esm-apps", "esm-infra", "esm-infra-legacy"})

Place = tuple[str, str]
"""Ecosystem and source package."""


class _Vulnerability(msgspec.Struct):
    name: str
    description: str = ""


class _Product(msgspec.Struct):
    id: str = msgspec.field(name="@id")


class _Statement(msgspec.Struct):
    vulnerability: _Vulnerability
    status: str
    products: list[_Product]
    timestamp: str = ""
    status_notes: str = ""
    action_statement: str = ""

    @property
    def words(self) -> str:
        """What it says for people."""
        return f"{self.status_notes} {self.action_statement}"


class _Metadata(msgspec.Struct):
    id: str = msgspec.field(name="@id", default="")


class _Document(msgspec.Struct):
    """Ubuntu puts what the specification has at the top into "metadata"."""

    statements: list[_Statement]
    metadata: _Metadata | None = None
    id: str = msgspec.field(name="@id", default="")

    @property
    def is_notice(self) -> bool:
        """Is it of a security notice rather than of a CVE?"""
        return _NOTICE.search(self.metadata.id if self.metadata else self.id) is not None


_decode = msgspec.json.Decoder(_Document).decode


@dataclass(slots=True)
class _Fixes:
    """What is fixed: the lowest version that notices name, and what documents of CVEs call fixed."""

    versions: dict[str, dict[Place, str]] = field(default_factory=dict)
    called: dict[str, set[Place]] = field(default_factory=dict)

    def add(self, cve: str, place: Place, version: str) -> None:
        """A notice brings the fix with this version; later notices of the same only mend its side effects."""
        known = self.versions.setdefault(cve, {})
        if place not in known or dpkg.key(version) < dpkg.key(known[place]):
            known[place] = version

    def untold(self) -> int:
        """How many are called fixed without a notice that tells the version."""
        return sum(len(places.difference(self.versions.get(cve, ()))) for cve, places in self.called.items())


class _UbuntuVex:
    name = "ubuntu-vex"

    def sniff(self, path: Path) -> bool:
        """An OpenVEX document about Ubuntu's packages, or a tar, zip or folder of them."""
        first = start(next(files(path), path)) if path.is_dir() else start(path)
        if first.startswith(ZIP_MAGIC):
            return _IN_ZIP in first
        return all(sign in first for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is such a document."""
        return Reading(lambda reading: _whole(path, reading))


UBUNTU_VEX = _UbuntuVex()


def _whole(path: Path, reading: Reading) -> Iterator[Advisory]:
    fixes, seen, is_empty = _Fixes(), set[str](), True
    for data in members(path, reading):
        try:
            document = _decode(data)
        except msgspec.DecodeError:
            reading.skipped["records that can't be read"] += 1
            continue
        is_empty = False
        if document.is_notice:
            _note(document, fixes, reading)
            continue
        advisory = _advisory(document, fixes, reading)
        if advisory is None or advisory.id in seen:
            reading.skipped["records with an id that was there before" if advisory else "records without a CVE"] += 1
            continue
        seen.add(advisory.id)
        yield advisory
    if is_empty:
        raise FeedError(f"{path}: holds no OpenVEX document that can be read")
    if untold := fixes.untold():
        reading.skipped["fixes of which no notice tells the version"] += untold
    for cve, places in fixes.versions.items():
        affected = (Affected(ecosystem=eco, name=name, fixed=fixed) for (eco, name), fixed in places.items())
        yield Advisory(
            feed=UBUNTU_VEX.name, id=f"{cve} notices", key=cve, reference=_reference(cve), affected=tuple(affected)
        )


def _note(document: _Document, fixes: _Fixes, reading: Reading) -> None:
    """Take the versions out of a notice."""
    for statement in document.statements:
        cve = statement.vulnerability.name
        if not _CVE.match(cve) or statement.status != "fixed":
            continue
        for place, version in _places(statement, reading):
            try:
                fixes.add(cve, place, version)
            except InvalidValue:
                reading.skipped["versions that can't be ordered"] += 1


def _advisory(document: _Document, fixes: _Fixes, reading: Reading) -> Advisory | None:
    cve = next((each.vulnerability.name for each in document.statements), "")
    if not _CVE.match(cve):
        return None
    affected: list[Affected] = []
    levels: list[Level] = []
    for statement in document.statements:
        levels += [level for word in _PRIORITY.findall(statement.words) if (level := level_of_word(word))]
        status = _status(statement)
        for place, _ in _places(statement, reading):
            if status is not None:
                affected.append(Affected(ecosystem=place[0], name=place[1], status=status))
            elif statement.status == "fixed":
                fixes.called.setdefault(cve, set()).add(place)
    level = max(levels, default=None)
    return Advisory(
        feed=UBUNTU_VEX.name,
        id=cve,
        key=cve,
        description=document.statements[0].vulnerability.description[:MAX_TEXT],
        level=level,
        level_source=LEVEL_SOURCE if level is not None else "",
        reference=_reference(cve),
        published=_time(document.statements[0].timestamp),
        affected=tuple(dict.fromkeys(affected)),
    )


def _status(statement: _Statement) -> FixStatus | None:
    """What is to be shown of an open one; None for what is fixed or not affected."""
    words = statement.words.lower()
    match statement.status:
        case "affected" if "no longer supported" in words:
            return FixStatus.END_OF_LIFE
        case "affected" if "decided to not fix" in words:
            return FixStatus.WONT_FIX
        case "affected":
            return FixStatus.UNFIXED
        case "under_investigation":
            return FixStatus.UNFIXED if "deferred" in words else FixStatus.UNDER_INVESTIGATION
        case _:
            return None


def _places(statement: _Statement, reading: Reading) -> Iterator[tuple[Place, str]]:
    """The source packages that a statement is about, with the version it names."""
    for product in statement.products:
        found = _PRODUCT.match(product.id)
        if found is None:
            continue  # a binary package: its source is named too
        service, _, codename = unquote(found["distro"]).rpartition("/")
        version = RELEASES.get(codename)
        if version is None or service not in _PLAIN | _PRO:
            reading.skipped[f"packages of {unquote(found['distro'])[:40]}, which is no known release"] += 1
            continue
        ecosystem = f"Ubuntu:Pro:{version}" if service in _PRO else f"Ubuntu:{version}"
        reading.ecosystems.add(ecosystem)
        yield (ecosystem, found["name"]), unquote(found["version"])


def _reference(cve: str) -> str:
    return f"https://ubuntu.com/security/{cve}"


def _time(text: str) -> datetime | None:
    return time_of(text.replace(" UTC", "+00:00"))

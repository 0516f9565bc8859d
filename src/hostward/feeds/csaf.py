"""Red Hat's VEX documents: CSAF 2.0, one a CVE, with what every product and package of Red Hat's is to it.

Format: security.access.redhat.com/data/csaf/v2/vex, redhatproductsecurity.github.io/security-data-guidelines. Read are
the releases of Enterprise Linux itself; extended support, layered products, containers and module streams are passed
over and counted: an installed package does not say that it is of one. What is not fixed is told of source packages, and
matches the installed package of that name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.cvss import level_of
from hostward.domain.errors import FeedError
from hostward.domain.matching import level_of_word
from hostward.domain.versions import rpm
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import MAX_TEXT, time_of
from hostward.feeds.records import files, members, start
from hostward.feeds.scoring import scored
from hostward.feeds.zipped import ZIP_MAGIC

MAX_DEPTH = 16
"""Branches of a product tree in one another; documents have four."""

_SIGNS = (b'"csaf_vex"', b"redhat.com")
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")
_CPE = re.compile(r"cpe:/[ao]:redhat:enterprise_linux:([0-9]{1,2})(?:\.[0-9]+)?(?:::.*)?")
_BUILD = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)-(?P<version>[0-9]+:[^:/-]+-[^:/-]+)\.(?P<arch>[a-z0-9_]+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,150}")
_UNUSED = ("-debuginfo", "-debugsource")
_MODULE = ".module+"


class _Helper(msgspec.Struct):
    cpe: str = ""


class _Product(msgspec.Struct):
    product_id: str
    product_identification_helper: _Helper | None = None


class _Branch(msgspec.Struct):
    product: _Product | None = None
    branches: list["_Branch"] = []


class _Relationship(msgspec.Struct):
    full_product_name: _Product
    product_reference: str
    relates_to_product_reference: str


class _Tree(msgspec.Struct):
    branches: list[_Branch] = []
    relationships: list[_Relationship] = []


class _Status(msgspec.Struct):
    fixed: list[str] = []
    known_affected: list[str] = []
    under_investigation: list[str] = []


class _Remediation(msgspec.Struct):
    category: str = ""
    details: str = ""
    product_ids: list[str] = []


class _Threat(msgspec.Struct):
    category: str = ""
    details: str = ""


class _Cvss(msgspec.Struct, rename="camel"):
    vector_string: str = ""


class _Score(msgspec.Struct):
    cvss_v3: _Cvss | None = None
    cvss_v2: _Cvss | None = None


class _Note(msgspec.Struct):
    category: str = ""
    text: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    title: str = ""
    notes: list[_Note] = []
    product_status: _Status = msgspec.field(default_factory=_Status)
    remediations: list[_Remediation] = []
    scores: list[_Score] = []
    threats: list[_Threat] = []
    release_date: str = ""


class _Document(msgspec.Struct):
    vulnerabilities: list[_Vulnerability]
    product_tree: _Tree = msgspec.field(default_factory=_Tree)


_decode = msgspec.json.Decoder(_Document).decode

Parts = Mapping[str, tuple[str, str]]
"""Id of a package in a product -> ecosystem, and what the package is called there."""


class _Csaf:
    name = "redhat-vex"

    def sniff(self, path: Path) -> bool:
        """A VEX document of Red Hat's, or a tar or folder of them."""
        first = start(next(files(path), path)) if path.is_dir() else start(path)
        return not first.startswith(ZIP_MAGIC) and all(sign in first for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is such a document."""
        return Reading(lambda reading: _whole(path, reading))


CSAF = _Csaf()


def _whole(path: Path, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for data in members(path, reading):
        try:
            document = _decode(data)
        except (msgspec.DecodeError, RecursionError):
            reading.skipped["records that can't be read"] += 1
            continue
        parts = _parts(document.product_tree, reading)
        for vulnerability in document.vulnerabilities:
            if not _CVE.match(vulnerability.cve) or vulnerability.cve in seen:
                reading.skipped["records without a CVE, or with one that was there before"] += 1
                continue
            seen.add(vulnerability.cve)
            yield _advisory(vulnerability, parts, reading)
    if not seen:
        raise FeedError(f"{path}: holds no VEX document that can be read")


def _parts(tree: _Tree, reading: Reading) -> Parts:
    releases = {product.product_id: found[1] for product, found in _releases(tree.branches, 0)}
    parts: dict[str, tuple[str, str]] = {}
    for each in tree.relationships:
        release = releases.get(each.relates_to_product_reference)
        if release is None:
            reading.skipped["packages of other products of Red Hat's"] += 1
        else:
            ecosystem = f"Red Hat:enterprise_linux:{release}"
            reading.ecosystems.add(ecosystem)
            parts[each.full_product_name.product_id] = ecosystem, each.product_reference
    return parts


def _releases(branches: Sequence[_Branch], depth: int) -> Iterator[tuple[_Product, re.Match[str]]]:
    for branch in branches:
        helper = branch.product.product_identification_helper if branch.product else None
        if branch.product and helper and (found := _CPE.fullmatch(helper.cpe)):
            yield branch.product, found
        if depth < MAX_DEPTH:
            yield from _releases(branch.branches, depth + 1)


def _advisory(said: _Vulnerability, parts: Parts, reading: Reading) -> Advisory:
    levels = [level for each in said.threats if each.category == "impact" and (level := level_of_word(each.details))]
    vector, score = scored(_vectors(said.scores), reading.skipped)
    level, source = max(levels, default=None), "distribution severity" if levels else ""
    if level is None and score is not None:
        level, source = level_of(score, vector), "cvss of the vendor"
    return Advisory(
        feed=CSAF.name,
        id=said.cve,
        key=said.cve,
        title=said.title,
        description=next((note.text for note in said.notes if note.category == "description"), "")[:MAX_TEXT],
        level=level,
        level_source=source,
        cvss=score,
        vector=vector,
        reference=f"https://access.redhat.com/security/cve/{said.cve}",
        published=time_of(said.release_date),
        affected=(*_fixed(said, parts, reading), *_open(said, parts, reading)),
    )


def _fixed(said: _Vulnerability, parts: Parts, reading: Reading) -> Iterator[Affected]:
    """The first build of each package that holds the fix; later ones only hold it too."""
    lowest: dict[tuple[str, str], str] = {}
    for identity in said.product_status.fixed:
        ecosystem, reference = parts.get(identity, ("", ""))
        build = _BUILD.fullmatch(reference)
        if not ecosystem or build is None or build["arch"] == "src" or build["name"].endswith(_UNUSED):
            continue
        if _MODULE in build["version"]:
            reading.skipped["packages of module streams"] += 1
            continue
        place, version = (ecosystem, build["name"]), build["version"].removeprefix("0:")
        if place not in lowest or rpm.key(version) < rpm.key(lowest[place]):
            lowest[place] = version
    for (ecosystem, name), version in lowest.items():
        yield Affected(ecosystem=ecosystem, name=name, fixed=version)


def _open(said: _Vulnerability, parts: Parts, reading: Reading) -> Iterator[Affected]:
    statuses = {identity: _status(each) for each in said.remediations for identity in each.product_ids}
    told = [(identity, statuses.get(identity, FixStatus.UNFIXED)) for identity in said.product_status.known_affected]
    told += [(identity, FixStatus.UNDER_INVESTIGATION) for identity in said.product_status.under_investigation]
    for identity, status in told:
        ecosystem, name = parts.get(identity, ("", ""))
        if ecosystem and _NAME.fullmatch(name):
            yield Affected(ecosystem=ecosystem, name=name, status=status)
        elif ecosystem:
            reading.skipped["packages of module streams"] += 1


def _status(said: _Remediation) -> FixStatus:
    if said.category != "no_fix_planned":
        return FixStatus.UNFIXED
    return FixStatus.END_OF_LIFE if "out of support" in said.details.lower() else FixStatus.WONT_FIX


def _vectors(scores: Sequence[_Score]) -> Sequence[str]:
    every = (each for score in scores for each in (score.cvss_v3, score.cvss_v2))
    return [each.vector_string for each in every if each is not None]

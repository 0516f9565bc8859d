"""SPDX 2.2 and 2.3, in JSON and in tag-value form. Source: the SPDX specification; the notes of Trivy and Syft."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from hostward.scanners.vul.sbom.bill import Bill
from hostward.scanners.vul.sbom.component import Component
from hostward.scanners.vul.sbom.release import release_of

OWN = "hostward:"
"""Begins a line of a comment that Hostward wrote: "hostward:path=/srv"."""
TAG_START = "SPDXVersion:"

_BUILT_FROM = re.compile(r"built package from: (\S+)(?: (\S+))?")
_PATHS = re.compile(r"following paths: ([^,\s]+)")
_TAG = re.compile(r"^([A-Za-z]+): ?(.*)$")
_OWNERSHIP = "ownership-by-file-overlap"


@dataclass(slots=True, kw_only=True)
class _Package:
    id: str = ""
    name: str = ""
    version: str = ""
    purpose: str = ""
    source: str = ""
    purl: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Document:
    name: str = ""
    kernel: str = ""
    packages: list[_Package] = field(default_factory=list)
    owned: set[str] = field(default_factory=set)


def is_spdx(content: Mapping[str, object]) -> bool:
    """Is this JSON object one?"""
    return isinstance(content.get("spdxVersion"), str)


def read(content: Mapping[str, object]) -> Bill:
    """What a JSON document says; whatever does not follow the format says nothing."""
    kernel = _notes(content.get("comment")).get("kernel", "")
    document = _Document(name=_text(content.get("name")), kernel=kernel)
    for each in _objects(content.get("packages")):
        references = [ref for ref in _objects(each.get("externalRefs")) if ref.get("referenceType") == "purl"]
        package = _Package(
            id=_text(each.get("SPDXID")),
            name=_text(each.get("name")),
            version=_text(each.get("versionInfo")),
            purpose=_text(each.get("primaryPackagePurpose")),
            source=_text(each.get("sourceInfo")),
            purl=_text(references[0].get("referenceLocator")) if references else "",
            notes=_notes(each.get("comment")),
        )
        document.packages.append(package)
    for each in _objects(content.get("relationships")):
        if _OWNERSHIP in _text(each.get("comment")):
            document.owned.add(_text(each.get("relatedSpdxElement")))
    return _bill(document)


def read_tags(text: str) -> Bill:
    """What a tag-value document says."""
    document, package, related = _Document(), _Package(), ""
    for line in text.splitlines():
        found = _TAG.match(line)
        if found is None:
            continue
        tag, value = found[1], found[2].strip().removeprefix("<text>").removesuffix("</text>")
        match tag:
            case "DocumentName":
                document.name = value
            case "PackageName":
                package = _Package(name=value)
                document.packages.append(package)
            case "SPDXID":
                package.id = value
            case "PackageVersion":
                package.version = value
            case "PrimaryPackagePurpose":
                package.purpose = value
            case "PackageSourceInfo":
                package.source = value
            case "ExternalRef" if " purl " in value and not package.purl:
                package.purl = value.rpartition(" purl ")[2].strip()
            case "Relationship":
                related = value.split()[-1] if value.split() else ""
            case "RelationshipComment" if _OWNERSHIP in value:
                document.owned.add(related)
            case _:
                continue
    return _bill(document)


def _bill(document: _Document) -> Bill:
    bill = Bill(subject=document.name, kernel=document.kernel)
    for package in document.packages:
        if package.purpose.upper() == "OPERATING-SYSTEM":
            if package.name and not bill.release.id:
                bill.release = release_of(package.name, package.version)
        elif package.purl:
            if package.id and package.id in document.owned:
                bill.owned.add(len(bill.components))
            bill.components.append(_component(package))
        elif package.purpose.upper() == "LIBRARY":
            bill.nameless += 1
    return bill


def _component(package: _Package) -> Component:
    built, paths = _BUILT_FROM.search(package.source), _PATHS.search(package.source)
    return Component(
        purl=package.purl,
        source=built[1] if built else "",
        source_version=(built[2] or "") if built else "",
        path=package.notes.get("path", "") or (paths[1] if paths else ""),
        ecosystem=package.notes.get("ecosystem", ""),
    )


def _notes(comment: object) -> dict[str, str]:
    """What Hostward wrote into a comment."""
    lines = [line.removeprefix(OWN) for line in _text(comment).splitlines() if line.startswith(OWN)]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield cast("dict[str, object]", each)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Bills of materials in the shapes of two foreign producers, made here from the facts of a machine."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

Described = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deb:
    """An installed Debian package. source: name and version where they differ from its own."""

    name: str
    version: str
    source: tuple[str, str] | None = None

    @property
    def epoch(self) -> str:
        """The number before the colon, "" without one."""
        return self.version.partition(":")[0] if ":" in self.version else ""

    @property
    def bare(self) -> str:
        """The version without its epoch."""
        return self.version.partition(":")[2] if ":" in self.version else self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language package: its purl, and where its metadata lies. owner: the Debian package that has it."""

    purl: str
    path: str
    owner: str = ""


DEBS = (
    Deb(name="bash", version="5.2.15-2+b7"),
    Deb(name="libssl3", version="3.0.11-1~deb12u2", source=("openssl", "3.0.11-1~deb12u2")),
    Deb(name="bsdutils", version="1:2.38.1-5+b1", source=("util-linux", "2.38.1-5")),
    Deb(name="python3-urllib3", version="1.26.12-1+deb12u1", source=("python-urllib3", "1.26.12-1+deb12u1")),
)
LANGUAGES = (
    Language(
        purl="pkg:pypi/urllib3@1.26.12",
        path="/usr/lib/python3/dist-packages/urllib3-1.26.12.dist-info/METADATA",
        owner="python3-urllib3",
    ),
    Language(
        purl="pkg:pypi/Zope.Interface@5.0",
        path="/usr/local/lib/python3/dist-packages/Zope.Interface-5.0.dist-info/METADATA",
    ),
    Language(purl="pkg:npm/%40scope/tar@4.4.1", path="/srv/web/node_modules/@scope/tar/package.json"),
    Language(purl="pkg:golang/golang.org/x/net@v0.17.0", path="/opt/tool"),
    Language(purl="pkg:golang/stdlib@v1.21.5", path="/opt/tool"),
    Language(purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", path="/opt/app.jar"),
)


def trivy_cyclonedx() -> str:
    """As Trivy writes it: an operating-system component, epochs as a qualifier, sources in properties."""
    components: list[Described] = [
        {"type": "operating-system", "name": "debian", "version": "12.4", "properties": _trivy(Type="debian")}
    ]
    for deb in DEBS:
        epoch = f"&epoch={deb.epoch}" if deb.epoch else ""
        name, version = deb.source or (deb.name, deb.version.removesuffix("+b7"))
        upstream, _, revision = version.rpartition("-")
        components.append(
            {
                "type": "library",
                "name": deb.name,
                "purl": f"pkg:deb/debian/{deb.name}@{quote(deb.bare)}?arch=amd64&distro=debian-12.4{epoch}",
                "properties": _trivy(SrcName=name, SrcVersion=upstream, SrcRelease=revision),
            }
        )
    for each in LANGUAGES:
        properties = _trivy(FilePath=each.path.lstrip("/"))
        components.append({"type": "library", "name": "x", "purl": each.purl, "properties": properties})
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components})


def syft_cyclonedx() -> str:
    """As Syft writes it: "upstream" and "distro" in purls, places in properties."""
    system = {"name": "syft:distro:id", "value": "debian"}, {"name": "syft:distro:versionID", "value": "12"}
    components: list[Described] = [{"type": "operating-system", "name": "debian", "properties": list(system)}]
    components += [{"type": "library", "name": deb.name, "purl": _syft_purl(deb)} for deb in DEBS]
    for each in LANGUAGES:
        place = {"name": "syft:location:0:path", "value": each.path}
        components.append({"type": "library", "name": "x", "purl": each.purl, "properties": [place]})
    metadata = {"component": {"type": "file", "name": "/srv/image"}}
    return json.dumps({"bomFormat": "CycloneDX", "metadata": metadata, "components": components})


def syft_spdx() -> str:
    """As Syft writes it: no operating system, ownership of files as a relationship."""
    packages: list[Described] = []
    relations: list[Described] = []
    for deb in DEBS:
        packages.append(_spdx(deb.name, _syft_purl(deb), "acquired package info from DPKG DB"))
    for number, each in enumerate(LANGUAGES):
        packages.append(_spdx(f"lang-{number}", each.purl, ""))
        if each.owner:
            comment = "ownership-by-file-overlap: the parent claims ownership of a child package"
            related = {"spdxElementId": f"SPDXRef-{each.owner}", "relatedSpdxElement": f"SPDXRef-lang-{number}"}
            relations.append({**related, "relationshipType": "OTHER", "comment": comment})
    return json.dumps({"spdxVersion": "SPDX-2.3", "name": "image", "packages": packages, "relationships": relations})


def trivy_spdx() -> str:
    """As Trivy writes it: an operating system by its purpose, sources in words."""
    system = {"SPDXID": "SPDXRef-OperatingSystem", "name": "debian", "versionInfo": "12.4"}
    packages: list[Described] = [{**system, "primaryPackagePurpose": "OPERATING-SYSTEM"}]
    for deb in DEBS:
        epoch = f"&epoch={deb.epoch}" if deb.epoch else ""
        purl = f"pkg:deb/debian/{deb.name}@{quote(deb.bare)}?arch=amd64&distro=debian-12.4{epoch}"
        name, version = deb.source or (deb.name, deb.version)
        packages.append(_spdx(deb.name, purl, f"built package from: {name} {version}"))
    for each in LANGUAGES:
        packages.append(_spdx(each.path, each.purl, f"following paths: {each.path}"))
    return json.dumps({"spdxVersion": "SPDX-2.3", "packages": packages})


def syft_tags() -> str:
    """The same as Syft's JSON, in the older form."""
    lines = ["SPDXVersion: SPDX-2.3", "DocumentName: image", ""]
    named = [(deb.name, _syft_purl(deb)) for deb in DEBS]
    named += [(f"lang-{number}", each.purl) for number, each in enumerate(LANGUAGES)]
    for name, purl in named:
        lines += [f"PackageName: {name}", f"SPDXID: SPDXRef-{name}", f"ExternalRef: PACKAGE-MANAGER purl {purl}", ""]
    for number, each in enumerate(LANGUAGES):
        if each.owner:
            lines.append(f"Relationship: SPDXRef-{each.owner} OTHER SPDXRef-lang-{number}")
            lines.append("RelationshipComment: <text>ownership-by-file-overlap: as above</text>")
    return "\n".join(lines)


PRODUCERS: Sequence[Callable[[], str]] = (trivy_cyclonedx, syft_cyclonedx, syft_spdx, trivy_spdx, syft_tags)


def _syft_purl(deb: Deb) -> str:
    name, version = deb.source or ("", "")
    same = version == deb.version
    upstream = f"&upstream={name if same else quote(f'{name}@{version}')}" if name else ""
    return f"pkg:deb/debian/{deb.name}@{quote(deb.version, safe='')}?arch=amd64&distro=debian-12{upstream}"


def _spdx(name: str, purl: str, source: str) -> Described:
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return {"SPDXID": f"SPDXRef-{name}", "name": name, "sourceInfo": source, "externalRefs": [reference]}


def _trivy(**values: str) -> list[dict[str, str]]:
    return [{"name": f"aquasecurity:trivy:{name}", "value": value} for name, value in values.items()]

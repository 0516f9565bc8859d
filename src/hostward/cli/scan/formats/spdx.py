"""SPDX 2.3 in JSON: the inventory as a bill of materials. (It has no word for findings; CycloneDX has.)

Source: the SPDX specification 2.3. What the format has no word for stands in comments "hostward:NAME=VALUE".
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from hostward import __version__
from hostward.cli.scan.formats.components import named_ecosystem, purl_release
from hostward.cli.scan.formats.fields import text
from hostward.cli.scan.report import HostReport
from hostward.domain.package import HostFacts, Package
from hostward.runtime.clock import SystemClock
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.sbom.component import purl_of
from hostward.scanners.vul.sbom.spdx import OWN

_NAMESPACE = "https://spdx.org/spdxdocs/hostward"
_UNKNOWN = {"downloadLocation": "NOASSERTION", "filesAnalyzed": False}


def as_spdx(report: HostReport) -> Iterator[str]:
    """The vulnerability module's inventory as one document."""
    module = next((each for each in report.modules if each.facts is not None), None)
    facts = module.facts if module is not None else None
    release = OsRelease(id=facts.os_id, version=facts.os_version) if facts is not None else OsRelease()
    packages = [_package(each, release, number) for number, each in enumerate(_packages(report), start=1)]
    whole = [*(_system(facts) if facts is not None else ()), *packages]
    name = report.host.get("name") or "machine"
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"{_NAMESPACE}/{hashlib.sha256(json.dumps([name, whole]).encode()).hexdigest()}",
        "creationInfo": {
            "created": SystemClock().now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": [f"Tool: hostward-{__version__}"],
        },
        "packages": whole,
        "relationships": [_described(each["SPDXID"]) for each in whole],
    }
    if facts is not None and facts.running_kernel:
        document["comment"] = f"{OWN}kernel={facts.running_kernel}"
    yield json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _packages(report: HostReport) -> Iterator[Package]:
    for module in report.modules:
        yield from module.packages


def _system(facts: HostFacts) -> Iterator[dict[str, Any]]:
    if facts.os_id:
        version = {"versionInfo": facts.os_version} if facts.os_version else {}
        kind = {"SPDXID": "SPDXRef-System", "name": facts.os_id, "primaryPackagePurpose": "OPERATING-SYSTEM"}
        yield {**kind, **version, **_UNKNOWN}


def _package(package: Package, release: OsRelease, number: int) -> dict[str, Any]:
    purl = purl_of(package, purl_release(package, release))
    notes = {"path": text(package.path), "ecosystem": named_ecosystem(package)}
    comment = "\n".join(f"{OWN}{name}={value}" for name, value in notes.items() if value)
    return {
        "SPDXID": f"SPDXRef-Package-{number}",
        "name": package.name,
        "versionInfo": package.version,
        "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
        **({"comment": comment} if comment else {}),
        **_UNKNOWN,
    }


def _described(identity: str) -> dict[str, str]:
    return {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": identity,
    }

"""CycloneDX 1.6 in JSON: the inventory as a bill of materials, with the vulnerabilities found in it.

Source: the CycloneDX specification. What the format has no word for stands in properties "hostward:...".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hostward import __version__
from hostward.cli.scan.formats.components import named_ecosystem, purl_release
from hostward.cli.scan.formats.fields import text
from hostward.cli.scan.report import HostReport, ModuleReport, is_risk, level_of
from hostward.domain.advisory import Match
from hostward.domain.package import HostFacts, Package
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.sbom.component import purl_of
from hostward.scanners.vul.sbom.cyclonedx import OWN

_NO_FACTS = HostFacts(os_id="", os_version="", os_name="", running_kernel="")
Key = tuple[str, str, str, bytes]


def as_cyclonedx(report: HostReport) -> Iterator[str]:
    """The vulnerability module's inventory and findings as one bill."""
    module = next((each for each in report.modules if each.facts is not None), None)
    yield json.dumps(_bill(report, module), indent=2, ensure_ascii=True) + "\n"


def _bill(report: HostReport, module: ModuleReport | None) -> dict[str, Any]:
    packages = module.packages if module is not None else ()
    facts = (module.facts if module is not None else None) or _NO_FACTS
    release = OsRelease(id=facts.os_id, version=facts.os_version)
    references = {_key(package): f"package-{number}" for number, package in enumerate(packages, start=1)}
    found = [each for each in module.findings if isinstance(each, Match)] if module is not None else []
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "hostward", "version": __version__}]},
            "component": {"type": "device", "bom-ref": "machine", "name": report.host.get("name") or "machine"},
            "properties": _properties(kernel=facts.running_kernel),
        },
        "components": [
            *_system(facts),
            *(_component(package, release, references[_key(package)]) for package in packages),
        ],
        "vulnerabilities": list(_vulnerabilities(found, references)),
    }


def _system(facts: HostFacts) -> Iterator[dict[str, Any]]:
    if facts.os_id:
        yield {"type": "operating-system", "bom-ref": "system", "name": facts.os_id, "version": facts.os_version}


def _component(package: Package, release: OsRelease, reference: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "purl": purl_of(package, purl_release(package, release)),
        "properties": _properties(path=text(package.path), ecosystem=named_ecosystem(package)),
    }


def _vulnerabilities(found: Sequence[Match], references: Mapping[Key, str]) -> Iterator[dict[str, Any]]:
    """One a vulnerability, whatever it is found in; hidden ones are left out."""
    by_key: dict[str, list[Match]] = {}
    for match in found:
        if is_risk(match):
            by_key.setdefault(match.key, []).append(match)
    for key, matches in by_key.items():
        first = matches[0]
        rating: dict[str, Any] = {"severity": level_of(first).label}
        if first.cvss is not None:
            rating["score"] = first.cvss
        fixes = sorted({f"{each.name} {each.fixed}" for each in matches if each.fixed})
        affected = dict.fromkeys(references[_place(each)] for each in matches if _place(each) in references)
        yield {
            "id": key,
            "ratings": [rating],
            "recommendation": f"Upgrade to {', '.join(fixes)}" if fixes else "",
            "affects": [{"ref": reference} for reference in affected],
        }


def _key(package: Package) -> Key:
    return package.ecosystem, package.name, package.version, package.path


def _place(match: Match) -> Key:
    return match.ecosystem, match.name, match.version, match.path


def _properties(**values: str) -> list[dict[str, str]]:
    return [{"name": f"{OWN}{name}", "value": value} for name, value in values.items() if value]

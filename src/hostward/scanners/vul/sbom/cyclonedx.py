"""CycloneDX in JSON, 1.2 and later. Source: the CycloneDX specification; the properties of Trivy and Syft."""

from collections.abc import Iterator, Mapping
from typing import cast

from hostward.scanners.vul.sbom.bill import Bill
from hostward.scanners.vul.sbom.component import Component
from hostward.scanners.vul.sbom.release import release_of

MAX_DEPTH = 20
"""Components in one another."""

TRIVY, SYFT, OWN = "aquasecurity:trivy:", "syft:", "hostward:"
_KINDS = ("application", "library", "framework", "container", "operating-system")


def is_cyclonedx(content: Mapping[str, object]) -> bool:
    """Is this JSON object one?"""
    return content.get("bomFormat") == "CycloneDX"


def read(content: Mapping[str, object]) -> Bill:
    """What it says; whatever does not follow the format says nothing."""
    bill = Bill()
    metadata = _object(content.get("metadata"))
    main = _object(metadata.get("component"))
    bill.subject = _text(main.get("name"))
    bill.kernel = _properties(metadata).get(f"{OWN}kernel", "")
    _take(bill, main, _properties(main), is_main=True)
    for each in _components(content.get("components"), 0):
        _take(bill, each, _properties(each), is_main=False)
    return bill


def _take(bill: Bill, each: Mapping[str, object], properties: Mapping[str, str], *, is_main: bool) -> None:
    if each.get("type") == "operating-system":
        name = properties.get(f"{SYFT}distro:id") or _text(each.get("name"))
        version = properties.get(f"{SYFT}distro:versionID") or _text(each.get("version"))
        if name and not bill.release.id:
            bill.release = release_of(name, version)
    elif _text(each.get("purl")):
        bill.components.append(_component(each, properties))
    elif not is_main and each.get("type") == "library":
        bill.nameless += 1


def _component(each: Mapping[str, object], properties: Mapping[str, str]) -> Component:
    source = properties.get(f"{TRIVY}SrcName", "") or properties.get(f"{SYFT}metadata:source", "")
    version = properties.get(f"{TRIVY}SrcVersion", "") or properties.get(f"{SYFT}metadata:sourceVersion", "")
    release = properties.get(f"{TRIVY}SrcRelease", "")
    epoch = properties.get(f"{TRIVY}SrcEpoch", "")
    whole = f"{version}-{release}" if version and release else version
    return Component(
        purl=_text(each.get("purl")),
        source=source,
        source_version=f"{epoch}:{whole}" if whole and epoch.strip("0") else whole,
        path=_path(properties),
        ecosystem=properties.get(f"{OWN}ecosystem", ""),
    )


def _path(properties: Mapping[str, str]) -> str:
    for name in (f"{OWN}path", f"{SYFT}location:0:path", f"{TRIVY}FilePath"):
        if properties.get(name):
            return "/" + properties[name].lstrip("/") if "://" not in properties[name] else properties[name]
    return ""


def _components(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    for each in value if isinstance(value, list) and depth < MAX_DEPTH else []:
        component = _object(each)
        yield component
        yield from _components(component.get("components"), depth + 1)


def _properties(each: Mapping[str, object]) -> dict[str, str]:
    listed = each.get("properties")
    pairs = [_object(pair) for pair in listed] if isinstance(listed, list) else []
    return {_text(pair.get("name")): _text(pair.get("value")) for pair in pairs}


def _object(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Package URLs, and what they are called here. Source: the purl specification 1.0 and its type definitions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from hostward.domain.ignoring import Product
from hostward.domain.versions.table import canonical_name

MAX_CHARACTERS = 4096
"""Longest purl taken: real ones have under 300."""

LANGUAGES: Mapping[str, str] = {
    "cargo": "crates.io",
    "composer": "Packagist",
    "conan": "ConanCenter",
    "gem": "RubyGems",
    "golang": "Go",
    "hex": "Hex",
    "maven": "Maven",
    "npm": "npm",
    "nuget": "NuGet",
    "pub": "Pub",
    "pypi": "PyPI",
    "swift": "SwiftURL",
}
"""Ecosystems by purl type."""
_DISTRIBUTIONS: Mapping[tuple[str, str], str] = {
    ("apk", "alpine"): "Alpine",
    ("apk", "chainguard"): "Chainguard",
    ("apk", "wolfi"): "Wolfi",
    ("deb", "debian"): "Debian",
    ("deb", "ubuntu"): "Ubuntu",
    ("rpm", "almalinux"): "AlmaLinux",
    ("rpm", "amzn"): "Amazon",
    ("rpm", "fedora"): "Fedora",
    ("rpm", "opensuse"): "openSUSE",
    ("rpm", "oracle"): "Oracle",
    ("rpm", "redhat"): "Red Hat",
    ("rpm", "rocky"): "Rocky Linux",
    ("rpm", "suse"): "SUSE",
}
"""Families of ecosystems by purl type and namespace."""

_TYPE = re.compile(r"[a-z][a-z0-9.+-]{0,40}")
_RELEASE = re.compile(r"(?:debian-([0-9]+)(?:\.[0-9]+)*)")
"""Debian's releases are the first number; others are named too differently to narrow by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purl:
    """One package URL, its parts decoded. namespace: "" where it has none."""

    kind: str
    namespace: str = ""
    name: str
    version: str = ""
    qualifiers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """As it is written."""
        space = "".join(f"{_coded(part)}/" for part in self.namespace.split("/") if part)
        version = f"@{_coded(self.version)}" if self.version else ""
        pairs = "&".join(f"{key}={_coded(value)}" for key, value in sorted(self.qualifiers.items()) if value)
        return f"pkg:{self.kind}/{space}{_coded(self.name)}{version}" + (f"?{pairs}" if pairs else "")


def parse(text: str) -> Purl | None:
    """The parts of a purl, None for what is none."""
    scheme, colon, rest = text.strip().partition(":")
    if len(text) > MAX_CHARACTERS or scheme.lower() != "pkg" or not colon:
        return None
    rest = rest.partition("#")[0]
    rest, _, pairs = rest.partition("?")
    kind, slash, rest = rest.strip("/").partition("/")
    path, _, version = rest.rpartition("@") if "@" in rest.rpartition("/")[2][1:] else (rest, "", "")
    space, _, name = path.strip("/").rpartition("/")
    kind = kind.lower()
    if not slash or not _TYPE.fullmatch(kind) or not name:
        return None
    found = [pair.partition("=") for pair in pairs.split("&")]
    return Purl(
        kind=kind,
        namespace="/".join(unquote(part) for part in space.split("/") if part),
        name=unquote(name),
        version=unquote(version),
        qualifiers={key.lower(): unquote(value) for key, _, value in found if value},
    )


def language_package(purl: Purl) -> tuple[str, str]:
    """Name and version of a language's package as its ecosystem writes them."""
    match purl.kind:
        case "maven":
            return f"{purl.namespace}:{purl.name}", purl.version
        case "golang":
            name = "/".join(filter(None, (purl.namespace, purl.name)))
            return name, purl.version.removeprefix("go").removeprefix("v")
        case "composer":
            return f"{purl.namespace}/{purl.name}".lower(), purl.version
        case "pypi":
            return canonical_name("PyPI", purl.name), purl.version
        case _:
            return "/".join(filter(None, (purl.namespace, purl.name))), purl.version


def product_of(purl: Purl) -> Product | None:
    """The packages that a purl means; None for what is no package of a kind that is judged here.

    Without a version it means all of them. The architecture is not looked at.
    """
    if purl.kind in LANGUAGES:
        name, version = language_package(purl)
        return Product(name=name, ecosystem=LANGUAGES[purl.kind], version=version)
    family = _DISTRIBUTIONS.get((purl.kind, purl.namespace.lower()), "")
    if not family:
        return None
    epoch, version = purl.qualifiers.get("epoch", "").lstrip("0"), purl.version
    if epoch.isdigit() and version and ":" not in version:
        version = f"{epoch}:{version}"
    release = _RELEASE.fullmatch(purl.qualifiers.get("distro", ""))
    return Product(name=purl.name, ecosystem=f"{family}:{release[1]}" if release else family, version=version)


def _coded(text: str) -> str:
    return quote(text, safe=":~._-")

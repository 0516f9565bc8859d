"""Package URLs. Source: the purl specification 1.0 and its type definitions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

MAX_CHARACTERS = 4096
"""Longest purl taken: real ones have under 300."""

_TYPE = re.compile(r"[a-z][a-z0-9.+-]{0,40}")


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


def _coded(text: str) -> str:
    return quote(text, safe=":~._-")

"""What a malware scan found, and what it could not look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hostward.domain.severity import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class MalwareFinding:
    """One rule that hit one file.

    path: bytes, as the file system has it. member: path inside an archive, b"" for the file itself.
    sha256: lower-case hex of the whole file, "" when it could not be read whole. matches: at most 10 short,
    printable excerpts of what hit, for people. engine: name and version.
    """

    path: bytes
    member: bytes = b""
    rule: str
    title: str
    engine: str
    level: Level
    size: int
    sha256: str
    matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotScanned:
    """A file that could not be fully judged.

    reason: "limit", "encrypted", "unreadable", "changed" or "damaged"; detail: which limit, which error.
    """

    path: bytes
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStats:
    """What a malware scan looked at: files read, bytes read, and how many were left out on purpose, by reason."""

    files: int
    bytes: int
    skipped: Mapping[str, int] = field(default_factory=dict)

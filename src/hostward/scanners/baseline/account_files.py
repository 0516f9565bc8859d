"""The account database as text files: passwd(5), shadow(5), group(5)."""

from dataclasses import dataclass

from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.text import lines_of

PASSWD = "/etc/passwd"
SHADOW = "/etc/shadow"
GROUP = "/etc/group"

_FIELDS = {PASSWD: 7, SHADOW: 9, GROUP: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line; fields has exactly as many parts as the file's format, the first is the name."""

    fields: tuple[str, ...]
    source: str

    @property
    def name(self) -> str:
        """Name of the account or group."""
        return self.fields[0]

    @property
    def number(self) -> int:
        """UID or GID (the third field of passwd and group). Only for records that `read_records` let through."""
        return int(self.fields[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A whole file.

    gaps: lines that are no record, which the C library skips and an attacker may count on. imports: places of lines
    that take entries in from NIS ("+", nsswitch.conf(5), compat).
    """

    records: tuple[Record, ...]
    gaps: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


def read_records(root: RootFs, path: str) -> Records:
    """Read PASSWD, SHADOW or GROUP. Comments, empty lines and NIS lines (+, -) are left out. Raises OSError."""
    records: list[Record] = []
    gaps: list[str] = []
    imports: list[str] = []
    for number, line in enumerate(lines_of(root.read(path)), start=1):
        source = f"{path}:{number}"
        if line.startswith("+"):
            imports.append(source)
        if not line.strip() or line[0] in "#+-":
            continue
        fields = tuple(line.split(":"))
        if _is_record(path, fields):
            records.append(Record(fields=fields, source=source))
        else:
            gaps.append(f"{source} is not a line of that file's format")
    return Records(records=tuple(records), gaps=tuple(gaps), imports=tuple(imports))


def _is_record(path: str, fields: tuple[str, ...]) -> bool:
    if len(fields) != _FIELDS[path] or not fields[0]:
        return False
    return path == SHADOW or (fields[2].isascii() and fields[2].isdigit())

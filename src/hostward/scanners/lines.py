"""The lines between a worker and its parent: one order in, then what the scan says, JSON, one line each.

Rows travel as the protocol has them, so that an agent hands them on without another translation.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.module import Module
from hostward.domain.options import module_of
from hostward.protocol.job import WireOptions, domain_options
from hostward.protocol.report import MAX_ITEMS, Row, rows_of
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress

MAX_ORDER = 16 * 1024 * 1024
"""Bytes of an order: 200 paths of 4 KiB and every ecosystem there is fit many times over."""

MAX_ROWS_LINE = 256 * 1024
"""Bytes of rows put on one line; a single row above it is left out and named."""

MAX_LINE = MAX_ROWS_LINE + 4096
"""Bytes of any line a parent needs to accept."""

MAX_REASON = 2000
"""Characters of a reason; a server keeps fewer."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a worker is to do. Paths are bytes, as the file system has them. memory: bytes, 0 for no cap.

    cpu: share of all processors, io: bytes read and written a second, 0 for no cap. group: the folder of the scan's own
    control group, b"" without one; held: what that caps already ("cpu", "memory", "io").
    """

    options: WireOptions
    covered: list[str] = []
    root: bytes = b"/"
    work: bytes
    own_paths: list[bytes] = []
    policies: list[bytes] = []
    memory: int = 0
    cpu: float = 0.0
    io: int = 0
    group: bytes = b""
    held: list[str] = []

    def module(self) -> Module:
        """The module that is to scan. Raises ValueError for options nobody knows."""
        return module_of(domain_options(self.options))

    def job(self) -> Job:
        """The order as a scanner takes it. Raises ValueError for options nobody knows."""
        return Job(options=domain_options(self.options), covered=frozenset(self.covered))

    def host(self) -> Host:
        """The machine as a scanner takes it."""
        return Host(
            root=_path(self.root),
            work=_path(self.work),
            own_paths=tuple(map(_path, self.own_paths)),
            policies=tuple(map(_path, self.policies)),
        )


class Rows(msgspec.Struct, frozen=True, kw_only=True, tag="rows"):
    """Results."""

    rows: list[Row]


class Step(msgspec.Struct, frozen=True, kw_only=True, tag="step"):
    """How far the scan is (scanners.contract.Progress)."""

    done: float
    doing: str


class Doubt(msgspec.Struct, frozen=True, kw_only=True, tag="doubt"):
    """Something could not be judged (scanners.contract.Degraded)."""

    reason: str


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """The scanner came to its end. failed: "" when it judged the host, else why it could not."""

    failed: str = ""


class Died(msgspec.Struct, frozen=True, kw_only=True, tag="died"):
    """The scanning process ended without saying so. how: "signal 11", "exit status 1"."""

    how: str


Line = Rows | Step | Doubt | Ended | Died

_decoder = msgspec.json.Decoder(Line)


def read_line(line: bytes) -> Line:
    """A line that a worker wrote. Raises msgspec.ValidationError or msgspec.DecodeError."""
    decoded: Line = _decoder.decode(line)
    return decoded


def write_line(line: Line | Order) -> bytes:
    """A line as it travels, its end included. Text that is not Unicode has its odd bytes spelled out."""
    try:
        return msgspec.json.encode(line) + b"\n"
    except UnicodeEncodeError:
        return msgspec.json.encode(_spelled_out(line)) + b"\n"


def lines_of(event: Event) -> Iterator[bytes]:
    """What a scanner yields, as lines of at most MAX_LINE bytes."""
    match event:
        case Progress():
            yield write_line(Step(done=min(max(event.done, 0.0), 1.0), doing=event.doing[:MAX_REASON]))
        case Degraded():
            yield write_line(Doubt(reason=event.reason[:MAX_REASON]))
        case Found():
            yield from _rows_lines(rows_of(event.items))


def _rows_lines(rows: list[Row]) -> Iterator[bytes]:
    packed: list[Row] = []
    size = 0
    for row in rows:
        weight = _weight(row)
        if weight > MAX_ROWS_LINE:
            yield write_line(Doubt(reason=f"a result of {weight} bytes is too large to be sent"))
            continue
        if packed and (len(packed) >= MAX_ITEMS or size + weight > MAX_ROWS_LINE):
            yield write_line(Rows(rows=packed))
            packed, size = [], 0
        packed.append(row)
        size += weight
    if packed:
        yield write_line(Rows(rows=packed))


def _weight(row: Row) -> int:
    """Bytes of a row and its comma."""
    try:
        return len(msgspec.json.encode(row)) + 1
    except UnicodeEncodeError:
        return len(msgspec.json.encode(_spelled_out(row))) + 1


def _spelled_out(value: object) -> object:
    r"""The value with lone surrogates (bytes that were no text) as \udcNN: JSON can't carry them."""
    match value:
        case str():
            return value.encode(errors="backslashreplace").decode()
        case list():
            return [_spelled_out(item) for item in value]
        case msgspec.Struct():
            return type(value)(**{name: _spelled_out(getattr(value, name)) for name in value.__struct_fields__})
        case _:
            return value


def _path(raw: bytes) -> Path:
    return Path(raw.decode(errors="surrogateescape"))

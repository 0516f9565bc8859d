"""Results on the disk until the server has them: they survive kill -9 of the agent and days without a network.

One folder a lease, in it segments that only grow. A record is a header (mark, sequence number, length, CRC-32 of
what follows it and of the number) and a batch or End as JSON; it counts once it is synced. What a crash cut short is
known by its checksum and left out; nothing is ever written after it. A segment is removed when all its batches are
acknowledged.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from hostward.agent.disk import Disk, OsDisk
from hostward.agent.lease import Recovered
from hostward.protocol.report import Batch, End

MARK = b"HWS1"
HEADER = struct.Struct(">4sIII")
SUFFIX = ".seg"
END = 0xFFFFFFFF
"""Sequence number of an End: no lease has as many batches."""

SEGMENT_BYTES = 4 * 1024 * 1024
"""Size at which the next segment is begun: the grain in which space comes back."""

MAX_RECORD = 8 * 1024 * 1024
"""Length above which a header is taken for damage; batches have about 1 MB."""


class _Place(NamedTuple):
    segment: int
    offset: int
    length: int


class _Record(NamedTuple):
    seq: int
    offset: int
    length: int


@dataclass(slots=True)
class _Folder:
    """What is known of one lease's folder. sizes: bytes of each segment; places: where each batch lies."""

    path: Path
    sizes: dict[int, int] = field(default_factory=dict)
    places: dict[int, _Place] = field(default_factory=dict)
    end: _Place | None = None
    fd: int | None = None
    next_segment: int = 0


class Spool:
    """All spooled results of one agent. limit: bytes it may take on the disk; an End always fits."""

    def __init__(self, path: Path, *, limit: int, disk: Disk | None = None) -> None:
        self._path = path
        self._disk = disk or OsDisk()
        self._limit = limit
        self._folders: dict[int, _Folder] = {}

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(sum(folder.sizes.values()) for folder in self._folders.values())

    def open(self) -> list[Recovered]:
        """Read what an earlier process left, lowest lease first. Raises OSError when the folder can't be used."""
        self._disk.make_folder(self._path)
        known = [self._recover(name) for name in self._disk.names(self._path) if name.isascii() and name.isdigit()]
        return sorted(known, key=lambda one: one.lease)

    def add(self, lease: int, item: Batch | End) -> int:
        """Write an item and sync it; returns its size. Raises OSError when it could not be made durable."""
        payload = msgspec.json.encode(item)
        seq = item.seq if isinstance(item, Batch) else END
        if seq != END and self.size + len(payload) > self._limit:
            raise OSError(f"the spool {self._path} has its {self._limit} bytes already")
        folder = self._folder(lease)
        segment = self._segment_for(folder)
        assert folder.fd is not None
        place = _Place(segment, folder.sizes[segment] + HEADER.size, len(payload))
        try:
            self._disk.append(folder.fd, folder.sizes[segment], _header(seq, payload) + payload)
        except OSError:
            # What the disk holds of this segment's end is not known now: the next item begins another.
            self._close(folder)
            raise
        folder.sizes[segment] += HEADER.size + len(payload)
        if seq == END:
            folder.end = place
        else:
            folder.places[seq] = place
        return len(payload)

    def batches(self, lease: int, first: int, last: int) -> list[bytes]:
        """Batches first .. last-1 as JSON. Raises OSError when they can't be read, KeyError when they are not here."""
        wanted = range(first, last)
        if not wanted:
            return []  # a word on progress, before the lease has anything on the disk
        folder = self._folders[lease]
        return [self._read(folder, folder.places[seq]) for seq in wanted]

    def end(self, lease: int) -> bytes:
        """The lease's End as JSON. Raises OSError when it can't be read, KeyError when it is not here."""
        folder = self._folders[lease]
        if folder.end is None:
            raise KeyError(lease)
        return self._read(folder, folder.end)

    def forget(self, lease: int, acked: int) -> None:
        """The batches below acked are the server's: remove the segments that hold nothing else."""
        folder = self._folders.get(lease)
        if folder is None:
            return
        for seq in [seq for seq in folder.places if seq < acked]:
            del folder.places[seq]
        needed = {place.segment for place in folder.places.values()} | {max(folder.sizes, default=0)}
        needed |= {folder.end.segment} if folder.end else set()
        for segment in [number for number in folder.sizes if number not in needed]:
            with suppress(OSError):  # what stays is left out, or found whole, by the next process
                self._disk.remove(_segment(folder, segment))
            del folder.sizes[segment]

    def discard(self, lease: int) -> None:
        """Remove all that is left of a lease."""
        folder = self._folders.pop(lease, None)
        if folder is not None:
            self._close(folder)
            self._disk.remove_folder(folder.path)

    def close(self) -> None:
        """Let the files go; what is in them stays."""
        for folder in self._folders.values():
            self._close(folder)

    def _recover(self, name: str) -> Recovered:
        folder = self._folders[int(name)] = _Folder(self._path / name)
        for segment in self._segments(folder):
            folder.next_segment = segment + 1
            folder.sizes[segment] = 0
            for record in self._records(_segment(folder, segment)):
                folder.sizes[segment] = record.offset + record.length
                place = _Place(segment, record.offset, record.length)
                if record.seq == END:
                    folder.end = place
                else:
                    folder.places[record.seq] = place
        return self._recovered(int(name), folder)

    def _segments(self, folder: _Folder) -> list[int]:
        """Numbers of the segments on the disk."""
        with suppress(NotADirectoryError):
            stems = (name.removesuffix(SUFFIX) for name in self._disk.names(folder.path) if name.endswith(SUFFIX))
            return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit())
        return []

    def _recovered(self, lease: int, folder: _Folder) -> Recovered:
        """Whether what was found is whole: batches without a gap, and an End that counts them."""
        seqs = sorted(folder.places)
        whole = not seqs or seqs == list(range(seqs[0], seqs[-1] + 1))
        if folder.end is None or not whole:
            return Recovered(lease=lease, first=0, sizes=(), ended=False)
        batches = msgspec.json.decode(self._read(folder, folder.end), type=End).batches
        first, last = (seqs[0], seqs[-1] + 1) if seqs else (batches, batches)
        sizes = [folder.places[seq].length for seq in seqs]
        return Recovered(lease=lease, first=first, sizes=sizes, ended=last == batches)

    def _folder(self, lease: int) -> _Folder:
        folder = self._folders.get(lease)
        if folder is None:
            path = self._path / str(lease)
            self._disk.make_folder(path)
            folder = self._folders[lease] = _Folder(path)
        return folder

    def _segment_for(self, folder: _Folder) -> int:
        """The segment that grows, opened."""
        newest = max(folder.sizes, default=-1)
        if folder.fd is not None and folder.sizes[newest] < SEGMENT_BYTES:
            return newest
        self._close(folder)
        segment = folder.next_segment
        # Its number is used up even if this fails: the file may be there.
        folder.next_segment += 1
        folder.fd = self._disk.create(_segment(folder, segment))
        folder.sizes[segment] = 0
        return segment

    def _records(self, path: Path) -> Iterator[_Record]:
        """The whole records of a segment; the first that is cut short or damaged ends it."""
        offset = 0
        with suppress(OSError):
            while len(header := self._disk.read(path, offset, HEADER.size)) == HEADER.size:
                mark, seq, length, check = HEADER.unpack(header)
                if mark != MARK or length > MAX_RECORD:
                    return
                offset += HEADER.size
                payload = self._disk.read(path, offset, length)
                if len(payload) != length or check != _check(seq, payload):
                    return
                yield _Record(seq, offset, length)
                offset += length

    def _read(self, folder: _Folder, place: _Place) -> bytes:
        data = self._disk.read(_segment(folder, place.segment), place.offset, place.length)
        if len(data) != place.length:
            raise OSError(f"{_segment(folder, place.segment)} was cut short")
        return data

    def _close(self, folder: _Folder) -> None:
        if folder.fd is not None:
            self._disk.close(folder.fd)
            folder.fd = None


def _header(seq: int, payload: bytes) -> bytes:
    return HEADER.pack(MARK, seq, len(payload), _check(seq, payload))


def _check(seq: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(seq.to_bytes(4, "big")))


def _segment(folder: _Folder, number: int) -> Path:
    return folder.path / f"{number:08d}{SUFFIX}"

"""Bytes that are read by place: a file's, those in memory, or a part of either, without reading the rest."""

import os
from dataclasses import dataclass
from typing import Protocol


class Malformed(Exception):
    """Bytes that do not follow their format, or go beyond a limit; the message says what is wrong."""


class Span(Protocol):
    """Bytes that are there to be read."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def at(self, offset: int, size: int) -> bytes:
        """Exactly these bytes. Raises Malformed when they are not all there."""
        ...


@dataclass(slots=True)
class FileSpan:
    """An open regular file."""

    descriptor: int
    size: int

    def at(self, offset: int, size: int) -> bytes:
        """Exactly these bytes. Raises Malformed, also when the file can't be read or has become shorter."""
        _check(self, offset, size)
        try:
            data = os.pread(self.descriptor, size, offset)
        except OSError as error:
            raise Malformed(error.strerror or "it can't be read") from error
        if len(data) != size:
            raise Malformed("it ends too early")
        return data


@dataclass(slots=True)
class HeldSpan:
    """Bytes in memory."""

    data: bytes

    @property
    def size(self) -> int:
        """All of them."""
        return len(self.data)

    def at(self, offset: int, size: int) -> bytes:
        """Exactly these bytes. Raises Malformed."""
        _check(self, offset, size)
        return self.data[offset : offset + size]


@dataclass(slots=True)
class PartSpan:
    """A part of another span; the caller has made sure that it lies inside."""

    whole: Span
    start: int
    size: int

    def at(self, offset: int, size: int) -> bytes:
        """Exactly these bytes. Raises Malformed."""
        _check(self, offset, size)
        return self.whole.at(self.start + offset, size)


def _check(span: Span, offset: int, size: int) -> None:
    if offset < 0 or size < 0 or offset + size > span.size:
        raise Malformed("it ends too early")

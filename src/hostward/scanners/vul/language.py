"""What language package managers leave in a file system: the shapes that every kind of them answers with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hostward.domain.package import Package
from hostward.scanners.vul.walk import Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A metadata file that gave no package. reason: "METADATA: no name or version"."""

    path: bytes
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A package that a lock file names. place: the folder it belongs in; it counts only when nothing lies there."""

    package: Package
    place: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """Something that is installed here and whose kind is not judged yet. kind: for people, in the plural."""

    path: bytes
    kind: str


Item = Package | Damaged | Locked | Unjudged
Look = Callable[[Folder], Iterator[Item]]
"""What a folder holds of one kind of package."""


def path_of(item: Item) -> bytes:
    """Where the item was found: the path that a distribution's package may own."""
    return item.package.path if isinstance(item, Locked) else item.path

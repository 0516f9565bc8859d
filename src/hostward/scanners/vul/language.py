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


ANYWHERE = b""
"""Place of a locked package whose package manager keeps all of them in a few folders of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A package that a lock file names.

    place: the folder it belongs in; it counts only when nothing lies there. ANYWHERE: only when this version is
    installed nowhere.
    """

    package: Package
    place: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A package inside a file: the package's path goes on inside it, the file is what a distribution may own."""

    package: Package
    file: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """Something that is installed here and whose kind is not judged yet. kind: for people, in the plural."""

    path: bytes
    kind: str


Item = Package | Damaged | Held | Locked | Unjudged
Look = Callable[[Folder], Iterator[Item]]
"""What a folder holds of one kind of package."""


def path_of(item: Item) -> bytes:
    """Where the item was found: the path that a distribution's package may own."""
    match item:
        case Held():
            return item.file
        case Locked():
            return item.package.path
        case _:
            return item.path

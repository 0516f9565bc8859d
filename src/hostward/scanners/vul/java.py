"""Java archives: what the artifacts in them are, as Maven names them ("group:artifact")."""

import os
import stat
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import jar
from hostward.scanners.vul.language import Damaged, Held, Item, Unjudged
from hostward.scanners.vul.signs import JAVA_ENDINGS
from hostward.scanners.vul.span import FileSpan
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "Maven"
NAMELESS = "Java archives that do not name their Maven artifact"


def look(folder: Folder) -> Iterator[Item]:
    """What the archives in this folder are made of."""
    for name in folder.files:
        if name.endswith(JAVA_ENDINGS) and not name.endswith(("-sources.jar", "-javadoc.jar")):
            yield from _archive(folder, name)


def _archive(folder: Folder, name: str) -> Iterator[Item]:
    """Links are passed over: what they lead to is looked at where it lies."""
    path = os.fsencode(f"{folder.path}/{name}")
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder.descriptor)
    except OSError as error:
        if not _is_link(folder.descriptor, name):
            yield Damaged(path=path, reason=f"{name}: {error.strerror}")
        return
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            for part in jar.parts(FileSpan(descriptor, status.st_size), f"{folder.path}/{name}"):
                yield _item(part, path, name)
    finally:
        os.close(descriptor)


def _item(part: jar.Part, file: bytes, name: str) -> Item:
    match part:
        case jar.Broken():
            return Damaged(path=file, reason=f"{name}{part.place}: {part.reason}")
        case jar.Nameless():
            return Unjudged(path=file, kind=NAMELESS)
        case jar.Artifact():
            return Held(package=_package(part, file + part.place.encode("utf-8", "replace")), file=file)


def _package(part: jar.Artifact, path: bytes) -> Package:
    name = f"{part.group}:{part.artifact}"
    return Package(
        ecosystem=ECOSYSTEM, name=name, version=part.version, source=name, source_version=part.version, path=path
    )


def _is_link(folder: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return True  # gone since the folder was listed

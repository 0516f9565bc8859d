"""What an ELF program was built from: Go's modules, and the crates that cargo-auditable wrote down."""

from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import cargo, elf, go_build, rust_build
from hostward.scanners.vul.language import Damaged, Item, Unjudged
from hostward.scanners.vul.span import FileSpan, Malformed

GO = "Go"
STANDARD_LIBRARY = "stdlib"
"""The name under which advisories speak of Go's own packages. Source: Go vulnerability database."""
WITHOUT_MODULES = "Go programs that do not name their modules"
WITHOUT_VERSION = "Go programs that do not name their own version"


def items(descriptor: int, size: int, path: bytes, name: str) -> Iterator[Item]:
    """The packages in an open program of this size, its damage, or what of it is not judged."""
    try:
        yield from _of_program(FileSpan(descriptor, size), path)
    except Malformed as error:
        yield Damaged(path=path, reason=f"{name}: {error}")


def _of_program(span: FileSpan, path: bytes) -> Iterator[Item]:
    """Raises Malformed for a program that has one of the lists and it is damaged."""
    try:
        program = elf.parse(span)
    except Malformed:
        return  # no system would start it
    build = go_build.read(program)
    if build is not None:
        yield from _of_go(build, path)
    elif any(each.name == go_build.NOTE for each in program.sections):
        yield Unjudged(path=path, kind=WITHOUT_MODULES)
    crates = program.section(rust_build.SECTION)
    if crates is not None:
        yield from (cargo.crate(each, version, path) for each, version in rust_build.parse(crates))


def _of_go(build: go_build.Build, path: bytes) -> Iterator[Item]:
    if build.main is None:
        yield Unjudged(path=path, kind=WITHOUT_MODULES)
    elif build.main.version:
        yield _module(build.main.path, build.main.version, path)
    else:
        yield Unjudged(path=path, kind=WITHOUT_VERSION)
    for module in build.modules:
        yield _module(module.path, module.version, path)
    if build.release:
        yield _module(STANDARD_LIBRARY, build.release, path)


def _module(name: str, version: str, path: bytes) -> Package:
    """Advisories write versions without Go's "v"."""
    bare = version.removeprefix("v")
    return Package(ecosystem=GO, name=name, version=bare, source=name, source_version=bare, path=path)

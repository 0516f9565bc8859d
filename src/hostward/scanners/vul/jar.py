"""Which Maven artifacts a Java archive is made of, and those inside it.

Sources: Maven's archiver (META-INF/maven/GROUP/ARTIFACT/pom.properties, one for each artifact that was merged in),
the JAR specification (manifest), Spring Boot's and Java EE's layouts (archives in archives).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hostward.scanners.vul import zip_index
from hostward.scanners.vul.java_groups import coordinates
from hostward.scanners.vul.signs import JAVA_ENDINGS
from hostward.scanners.vul.span import HeldSpan, Malformed, Span
from hostward.scanners.vul.zip_index import Index, Member

MAX_DEPTH = 5
"""Archives in one another: an .ear with a .war with a Spring Boot .jar has three."""
MAX_INSIDE = 20_000
"""Archives in one file."""
MAX_INSIDE_BYTES = 128 << 20
"""Largest packed archive inside another, unpacked in memory; those that are only stored are read in place."""
MAX_INFLATED_BYTES = 1 << 30
"""Bytes unpacked for one file with all that lies in it: 2 to 5 seconds of work."""

_POM = b"/pom.properties"
_POM_START = b"META-INF/maven/"
_MANIFEST = b"META-INF/MANIFEST.MF"
_WANTED = (_POM, _MANIFEST, *(ending.encode() for ending in JAVA_ENDINGS))
_MAX_POM_BYTES = 64 << 10
_MAX_MANIFEST_BYTES = 64 << 10
_MAX_POMS = 5_000
_NO_CODE = re.compile(r"-(?:sources|javadoc)\.jar$")
_FILE = re.compile(r"(?P<artifact>[A-Za-z][A-Za-z0-9_.]*(?:-[A-Za-z][A-Za-z0-9_.]*)*)(?:[-_](?P<version>[0-9][!-~]*))?")
_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")
_ARTIFACT = _GROUP
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+~-]{0,200}")
_MAVEN = re.compile(r"/(?:repository|repo)/(?P<group>.+)/(?P<artifact>[^/]+)/(?P<version>[^/]+)$")
_GRADLE = re.compile(r"/files-2\.1/(?P<group>[^/]+)/(?P<artifact>[^/]+)/(?P<version>[^/]+)/[0-9a-f]+$")
_MANIFEST_VERSIONS = ("Implementation-Version", "Bundle-Version", "Specification-Version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One artifact. place: the archive it is in, inside the file ("" for the file itself, "!/lib/a.jar")."""

    place: str
    group: str
    artifact: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameless:
    """An archive that does not say what it is."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An archive, or a part of one, that was not judged, and why."""

    place: str
    reason: str


Part = Artifact | Nameless | Broken


@dataclass(slots=True)
class _Budget:
    inflated: int = MAX_INFLATED_BYTES
    archives: int = MAX_INSIDE

    def spend(self, size: int) -> None:
        self.inflated -= size
        if self.inflated < 0:
            raise Malformed(f"more than {MAX_INFLATED_BYTES >> 20} MiB would have to be unpacked")


def parts(span: Span, path: str) -> Iterator[Part]:
    """Everything in an archive at this path, damage included.

    One that does not name itself is what its place in a repository says: Maven keeps GROUP/AS/FOLDERS/ARTIFACT/VERSION,
    Gradle files-2.1/GROUP/ARTIFACT/VERSION/HASH.
    """
    for part in _parts(span, path.rpartition("/")[2], "", 0, _Budget()):
        is_own = isinstance(part, Nameless) and not part.place
        yield (_by_place(path) or part) if is_own else part


def _parts(span: Span, name: str, place: str, depth: int, budget: _Budget) -> Iterator[Part]:
    try:
        found = zip_index.index(span, lambda each: each.endswith(_WANTED))
        yield from _own(found, name, place, budget)
    except Malformed as error:
        yield Broken(place=place, reason=str(error))
        return
    for member in found.members:
        inside = member.name.decode("utf-8", "replace")
        if inside.endswith(JAVA_ENDINGS) and not _NO_CODE.search(inside):
            yield from _inside(found, member, f"{place}!/{inside}", depth + 1, budget)


def _inside(found: Index, member: Member, place: str, depth: int, budget: _Budget) -> Iterator[Part]:
    budget.archives -= 1
    if depth > MAX_DEPTH or budget.archives < 0:
        if depth > MAX_DEPTH or budget.archives == -1:
            yield Broken(place=place, reason="archives lie too deep in one another, or there are too many")
        return
    try:
        span = found.stored(member) or _unpacked(found, member, budget)
    except Malformed as error:
        yield Broken(place=place, reason=str(error))
        return
    yield from _parts(span, place.rpartition("/")[2], place, depth, budget)


def _unpacked(found: Index, member: Member, budget: _Budget) -> Span:
    budget.spend(member.size)
    return HeldSpan(found.read(member, MAX_INSIDE_BYTES))


def _own(found: Index, name: str, place: str, budget: _Budget) -> Iterator[Part]:
    """What the archive itself is, and what was merged into it. Raises Malformed for a damaged member."""
    poms = [each for each in found.members if each.name.startswith(_POM_START) and each.name.endswith(_POM)]
    if len(poms) > _MAX_POMS:
        raise Malformed(f"more than {_MAX_POMS} artifacts were merged into it")
    merged = []
    for each in poms:
        budget.spend(each.size)
        merged.append(_of_pom(found.read(each, _MAX_POM_BYTES)))
    yield from (_artifact(place, *each) for each in dict.fromkeys(each for each in merged if each))
    by_file = _by_file(name)
    if any(each is not None and each[1] == by_file[0] for each in merged):
        return
    named = _by_manifest(found, *by_file)
    if named is not None and (not any(merged) or coordinates(by_file[0]) is not None):
        yield _artifact(place, *named)
    elif not any(merged):
        is_holder = any(each.name.endswith(_WANTED[2:]) for each in found.members)
        if not is_holder:
            yield Nameless(place=place)


def _artifact(place: str, group: str, artifact: str, version: str) -> Artifact:
    return Artifact(place=place, group=group, artifact=artifact, version=version)


def _of_pom(text: bytes) -> tuple[str, str, str] | None:
    """Group, artifact and version in a pom.properties, None when they are not (all) there."""
    values = dict(_pairs(text.decode("latin-1"), "="))
    group, artifact, version = (values.get(key, "") for key in ("groupId", "artifactId", "version"))
    is_whole = _GROUP.fullmatch(group) and _ARTIFACT.fullmatch(artifact) and _VERSION.fullmatch(version)
    return (group, artifact, version) if is_whole else None


def _by_manifest(found: Index, artifact: str, version: str) -> tuple[str, str, str] | None:
    """What the manifest and the file name together tell, None when that is not a group, an artifact and a version."""
    values = _manifest(found)
    group, name = _group(values, artifact)
    stated = next((values[key] for key in _MANIFEST_VERSIONS[:1] if _VERSION.fullmatch(values.get(key, ""))), version)
    stated = stated or next((values[key] for key in _MANIFEST_VERSIONS if _VERSION.fullmatch(values.get(key, ""))), "")
    return (group, name, stated) if group and _VERSION.fullmatch(stated) else None


def _group(values: dict[str, str], artifact: str) -> tuple[str, str]:
    """Group and artifact, "" where nothing names the group.

    A bundle's name ends with the artifact where that has a hyphen ("com.fasterxml.jackson.core.jackson-databind");
    shorter ones can't be told from a group ("com.google.guava").
    """
    known = coordinates(artifact)
    if known is not None:
        return known
    vendor, bundle = values.get("Implementation-Vendor-Id", ""), values.get("Bundle-SymbolicName", "").partition(";")[0]
    if artifact and "." in vendor and _GROUP.fullmatch(vendor):
        return vendor, artifact
    group = bundle.removesuffix(f".{artifact}")
    return (group, artifact) if "-" in artifact and group != bundle and _GROUP.fullmatch(group) else ("", artifact)


def _manifest(found: Index) -> dict[str, str]:
    """The manifest's main section; nothing where there is none. Raises Malformed."""
    member = next((each for each in found.members if each.name == _MANIFEST), None)
    if member is None:
        return {}
    text = found.head(member, _MAX_MANIFEST_BYTES).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return dict(_pairs(text.partition("\n\n")[0].replace("\n ", ""), ":"))


def _by_place(path: str) -> Artifact | None:
    folders, _, file = path.rpartition("/")
    found = _MAVEN.search(folders) or _GRADLE.search(folders)
    if found is None or not file.startswith(f"{found['artifact']}-{found['version']}"):
        return None
    group, artifact, version = found["group"].replace("/", "."), found["artifact"], found["version"]
    is_whole = _GROUP.fullmatch(group) and _ARTIFACT.fullmatch(artifact) and _VERSION.fullmatch(version)
    return _artifact("", group, artifact, version) if is_whole else None


def _pairs(text: str, sign: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, found, value = line.partition(sign)
        if found and not line.startswith("#"):
            yield key.strip(), value.strip()


def _by_file(name: str) -> tuple[str, str]:
    """Artifact and version as the file's name has them, each "" when it has none."""
    found = _FILE.fullmatch(name.rpartition(".")[0])
    return (found["artifact"], found["version"] or "") if found else ("", "")

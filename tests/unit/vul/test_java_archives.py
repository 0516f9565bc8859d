"""Java archives: the Maven artifacts in them, and what is hostile."""

import os
import struct
from pathlib import Path

import pytest

from archives_made import jar, manifest, pom, put
from hostward.scanners.vul import jar as reading
from hostward.scanners.vul import java, zip_index
from hostward.scanners.vul.language import Damaged, Held, Item, Unjudged
from language_trees import looked

LOG4J = pom("org.apache.logging.log4j", "log4j-core", "2.14.1")


def given(items: list[Item]) -> list[tuple[str, str, str]]:
    """Name, version and place of the artifacts."""
    held = [each.package for each in items if isinstance(each, Held)]
    return [(each.name, each.version, each.path.decode()) for each in held]


def reasons(items: list[Item]) -> list[str]:
    """What is damaged or not judged."""
    said = [each for each in items if isinstance(each, Damaged | Unjudged)]
    return [each.reason if isinstance(each, Damaged) else each.kind for each in said]


def of(tmp_path: Path, name: str, data: bytes) -> list[Item]:
    """What an archive gives."""
    put(tmp_path / "opt" / name, data)
    return looked(java.look, tmp_path)


def test_maven_says_what_an_archive_is(tmp_path: Path) -> None:
    """Before all other signs."""
    items = of(tmp_path, "renamed-1.0.jar", jar(LOG4J | manifest(Implementation_Version="3")))
    assert given(items) == [("org.apache.logging.log4j:log4j-core", "2.14.1", "/opt/renamed-1.0.jar")]
    [item] = items
    assert isinstance(item, Held)
    assert (item.file, item.package.ecosystem) == (b"/opt/renamed-1.0.jar", "Maven")


def test_all_artifacts_that_were_merged_into_one_archive_count(tmp_path: Path) -> None:
    """A shaded archive has a file of Maven's for each."""
    items = of(tmp_path, "app.jar", jar(LOG4J | pom("com.google.guava", "guava", "30.0-jre")))
    assert [name for name, _, _ in given(items)] == ["org.apache.logging.log4j:log4j-core", "com.google.guava:guava"]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "stored"])
def test_archives_in_archives_are_opened(tmp_path: Path, packed: bool) -> None:
    """Each with its way in; what is only stored is read where it lies."""
    inner = jar(LOG4J)
    war = jar({"WEB-INF/lib/log4j-core-2.14.1.jar": inner}, packed=packed)
    items = of(tmp_path, "app.ear", jar({"web.war": war, "lib/x-sources.jar": b"junk"}, packed=packed))
    place = "/opt/app.ear!/web.war!/WEB-INF/lib/log4j-core-2.14.1.jar"
    assert (given(items), reasons(items)) == ([("org.apache.logging.log4j:log4j-core", "2.14.1", place)], [])


def test_an_executable_archive_is_read_behind_its_script(tmp_path: Path) -> None:
    """Spring Boot puts one in front."""
    data = jar({"BOOT-INF/lib/log4j-core-2.14.1.jar": jar(LOG4J)}, packed=False, before=b"#!/bin/sh\nexit\n")
    assert [version for _, version, _ in given(of(tmp_path, "app.jar", data))] == ["2.14.1"]


@pytest.mark.parametrize(
    ("file", "values", "name"),
    [
        ("spring-core-5.3.17.jar", {"Implementation_Version": "5.3.17"}, "org.springframework:spring-core 5.3.17"),
        ("spring-web-5.3.17.jar", {}, "org.springframework:spring-web 5.3.17"),
        ("catalina.jar", {"Implementation_Version": "9.0.65"}, "org.apache.tomcat:tomcat-catalina 9.0.65"),
        ("kafka-clients-3.4.0.jar", {}, "org.apache.kafka:kafka-clients 3.4.0"),
        ("bcprov-jdk15on-1.67.jar", {"Bundle_Version": "1.67"}, "org.bouncycastle:bcprov-jdk15on 1.67"),
        (
            "thing-1.2.jar",
            {"Implementation_Vendor_Id": "com.example", "Implementation_Version": "1.2.1"},
            "com.example:thing 1.2.1",
        ),
        (
            "jackson-annotations-2.9.jar",
            {"Bundle_SymbolicName": "com.fasterxml.jackson.core.jackson-annotations;x=y", "Bundle_Version": "2.9.1"},
            "com.fasterxml.jackson.core:jackson-annotations 2.9",
        ),
    ],
)
def test_without_maven_the_manifest_and_the_name_tell(
    tmp_path: Path, file: str, values: dict[str, str], name: str
) -> None:
    """Groups of what is not built by Maven are known by the file's name."""
    items = of(tmp_path, file, jar(manifest(**values)))
    assert [f"{each} {version}" for each, version, _ in given(items)] == [name]


def test_a_folded_manifest_line_is_whole(tmp_path: Path) -> None:
    """Lines end at 72 bytes and go on behind a blank."""
    data = jar({"META-INF/MANIFEST.MF": "Implementation-Ver\n sion: 5.3\n 1\n"})
    assert [version for _, version, _ in given(of(tmp_path, "spring-core.jar", data))] == ["5.31"]


@pytest.mark.parametrize(
    "place",
    ["root/.m2/repository/org/ow2/asm/asm/9.7", "root/.gradle/caches/modules-2/files-2.1/org.ow2.asm/asm/9.7/0a1b2c"],
)
def test_the_place_in_a_repository_tells_too(tmp_path: Path, place: str) -> None:
    """Maven's and Gradle's own folders are named after the artifact."""
    put(tmp_path / place / "asm-9.7.jar", jar({"a.class": b""}))
    put(tmp_path / place / "other-9.7.jar", jar({"a.class": b""}))
    items = looked(java.look, tmp_path)
    assert [(name, version) for name, version, _ in given(items)] == [("org.ow2.asm:asm", "9.7")]
    assert reasons(items) == [java.NAMELESS]


def test_an_archive_that_does_not_name_itself_is_counted(tmp_path: Path) -> None:
    """One that only holds others is none of these."""
    assert reasons(of(tmp_path, "own.jar", jar({"a.class": b"x"}))) == [java.NAMELESS]
    assert reasons(of(tmp_path, "own.jar", jar({"lib/log4j.jar": jar(LOG4J)}))) == []


def test_links_and_sources_are_passed_over(tmp_path: Path) -> None:
    """A link's target counts where it lies."""
    put(tmp_path / "a.jar", jar(LOG4J))
    (tmp_path / "b.jar").symlink_to("a.jar")
    (tmp_path / "gone.jar").symlink_to("nowhere")
    put(tmp_path / "a-sources.jar", b"junk")
    os.mkfifo(tmp_path / "fifo.jar")
    assert [place for _, _, place in given(looked(java.look, tmp_path))] == ["/a.jar"]


WHOLE = jar(LOG4J)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is no zip archive, or it was cut off"),
        (WHOLE[:-30], "it is no zip archive, or it was cut off"),
        (WHOLE.replace(b"PK\x01\x02", b"PK\x09\x02"), "its directory is damaged"),
        (WHOLE.replace(b"PK\x03\x04", b"PK\x09\x04"), "a file in it is damaged"),
        (WHOLE[:-12] + b"\xff" * 4 + WHOLE[-8:], "its directory is damaged or too large"),
    ],
)
def test_a_damaged_archive_is_said(tmp_path: Path, data: bytes, reason: str) -> None:
    """With its name."""
    assert reasons(of(tmp_path, "a.jar", data)) == [f"a.jar: {reason}"]


def test_damage_inside_does_not_hide_the_rest(tmp_path: Path) -> None:
    """The place is named."""
    items = of(tmp_path, "a.war", jar({"WEB-INF/lib/bad.jar": b"junk", "WEB-INF/lib/good.jar": jar(LOG4J)}))
    assert reasons(items) == ["a.war!/WEB-INF/lib/bad.jar: it is no zip archive, or it was cut off"]
    assert len(given(items)) == 1


def test_archives_too_deep_in_one_another_are_said(tmp_path: Path) -> None:
    """And not opened."""
    data = jar(LOG4J)
    for _ in range(reading.MAX_DEPTH + 1):
        data = jar({"a.jar": data})
    items = of(tmp_path, "a.jar", data)
    assert given(items) == []
    [reason] = reasons(items)
    assert reason.endswith("archives lie too deep in one another, or there are too many")


def test_too_many_archives_are_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are left."""
    budget = reading._Budget(archives=2)
    monkeypatch.setattr(reading, "_Budget", lambda: budget)
    items = of(tmp_path, "a.war", jar({f"{number}.jar": jar(LOG4J) for number in range(5)}))
    assert len(given(items)) == 2
    assert len(reasons(items)) == 1


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by what it says, nor by what it does."""
    monkeypatch.setattr(reading, "MAX_INSIDE_BYTES", 1000)
    honest = jar({"a.jar": bytes(100_000)})
    lying = honest.replace(struct.pack("<L", 100_000), struct.pack("<L", 10))
    for data in (honest, lying):
        assert reasons(of(tmp_path, "a.war", data)) == ["a.war!/a.jar: a file in it is larger than 0 KiB"]


def test_all_that_is_unpacked_for_one_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is spread."""
    data = jar({f"{number}.jar": bytes(400) for number in range(5)})
    budget = reading._Budget(inflated=1000)
    monkeypatch.setattr(reading, "_Budget", lambda: budget)
    said = reasons(of(tmp_path, "a.war", data))
    assert sum("would have to be unpacked" in each for each in said) == 3


def test_encrypted_and_unknown_members_are_said(tmp_path: Path) -> None:
    """They can't be read."""
    flags = WHOLE.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert flags != WHOLE
    assert reasons(of(tmp_path, "a.jar", flags)) == ["a.jar: a file in it is encrypted"]


def test_a_large_archive_is_read_by_its_wide_directory(tmp_path: Path) -> None:
    """Zip64: more members than the old directory can count."""
    members = {f"{number}": b"" for number in range(66_000)} | LOG4J
    assert len(given(of(tmp_path, "a.jar", jar(members, packed=False)))) == 1


def test_a_member_is_read_to_its_limit_only(tmp_path: Path) -> None:
    """The head of a long manifest is enough."""
    data = jar({"META-INF/MANIFEST.MF": "Implementation-Version: 5.3.1\n\n" + "Name: x\n\n" * 50_000})
    assert [version for _, version, _ in given(of(tmp_path, "spring-core.jar", data))] == ["5.3.1"]


def test_damaged_members_raise_the_typed_error(tmp_path: Path) -> None:
    """A zip index is of bytes in memory too."""
    found = zip_index.index(reading.HeldSpan(WHOLE), lambda _: True)
    with pytest.raises(reading.Malformed, match="larger than"):
        found.read(found.members[0], 3)

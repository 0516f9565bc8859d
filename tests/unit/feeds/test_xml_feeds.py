"""Feeds in XML: Amazon's updateinfo and Oracle's OVAL; and what a hostile document can't do."""

import bz2
import gzip
import lzma
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hostward.domain.advisory import Affected
from hostward.domain.errors import FeedError
from hostward.domain.matching import match
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.feeds import source, xml_stream
from hostward.feeds.amazon import AMAZON
from hostward.feeds.contract import Feed
from hostward.feeds.oracle import ORACLE
from hostward.feeds.table import feed_of

UPDATE = """
<update status="final" version="1.4" author="linux-security@amazon.com" type="{type}" from="linux-security@amazon.com">
<id>{id}</id><title>A fix &amp; more</title><issued date="2026-04-13 17:56:00"/><severity>{severity}</severity>
<description>What was wrong.</description>
<references><reference href="https://alas.example/{id}" id="{cve}" type="cve"/></references>
<pkglist><collection short="amazon-linux"><name>Amazon Linux</name>{packages}</collection></pkglist></update>"""
PACKAGE = '<package name="{}" version="{}" release="{}" epoch="{}" arch="x86_64"><filename>x</filename></package>'
CURL = PACKAGE.format("curl", "8.5.0", "1.amzn2023.0.1", "0")


def update(identity: str = "ALAS2023-2026-001", *packages: str, cve: str = "CVE-2026-1111", **said: str) -> str:
    """An advisory of Amazon's."""
    words = {"type": "security", "severity": "important", **said}
    return UPDATE.format(id=identity, cve=cve, packages="".join(packages or (CURL,)), **words)


def updates(*parts: str, before: str = "") -> bytes:
    """A document of them."""
    return f'<?xml version="1.0" ?>{before}\n<updates>{"".join(parts)}</updates>'.encode()


DEFINITION = """
<definition id="oval:com.oracle.elsa:def:1" version="501" class="patch"><metadata>
<title>
{id}:  bind security update (IMPORTANT)
</title>
<affected family="unix"><platform>Oracle Linux 9</platform></affected>
<reference source="elsa" ref_id="{id}" ref_url="https://linux.oracle.example/{id}.html"/>
<reference source="CVE" ref_id="{cve}" ref_url="https://linux.oracle.example/{cve}.html"/>
<description>What was wrong.</description>
<advisory><severity>{severity}</severity><issued date="2026-06-26"/><cve>{cve}</cve></advisory></metadata>
{criteria}</definition>"""


def criteria(release: str, *comments: str) -> str:
    """What Oracle asks for: a release, an architecture, one of some packages."""
    packages = "".join(
        f'<criteria operator="AND"><criterion test_ref="t" comment="{comment}"/>'
        '<criterion test_ref="t" comment="x is signed with the Oracle Linux 9 key"/></criteria>'
        for comment in comments
    )
    return (
        f'<criteria operator="AND"><criterion test_ref="t" comment="Oracle Linux {release} is installed"/>'
        '<criteria operator="AND"><criterion test_ref="t" comment="Oracle Linux arch is x86_64"/>'
        f'<criteria operator="OR">{packages}</criteria></criteria></criteria>'
    )


def definition(
    identity: str = "ELSA-2026-1", *asked: str, cve: str = "CVE-2026-1111", severity: str = "MODERATE"
) -> str:
    """An advisory of Oracle's."""
    return DEFINITION.format(id=identity, cve=cve, severity=severity, criteria="".join(asked))


def oval(*definitions: str, before: str = "") -> bytes:
    """A document of them; the prefixes of names mean nothing."""
    return f"""<?xml version="1.0"?>{before}
<o:oval_definitions xmlns:o="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns="http://x">
<generator><product_name>Oracle Errata System</product_name></generator>
<definitions>{"".join(definitions)}</definitions><tests/></o:oval_definitions>""".encode()


def written(path: Path, data: bytes) -> Path:
    """A file of it."""
    path.write_bytes(data)
    return path


def test_amazons_advisories_name_what_is_fixed_in_each_release(tmp_path: Path) -> None:
    """By the release that the package's own release ends with; the lowest build of several holds the fix."""
    packages = (
        CURL,
        PACKAGE.format("curl", "8.5.0", "2.amzn2023", "0"),
        PACKAGE.format("curl-debuginfo", "8.5.0", "1.amzn2023", "0"),
        PACKAGE.format("bind", "9.11.4", "26.amzn2.13.1", "32"),
        PACKAGE.format("bash", "4.2", "1.38.amzn1", "0"),
        PACKAGE.format("odd", "1", "1.el9", "0"),
    )
    path = written(tmp_path / "updateinfo.xml.gz", gzip.compress(updates(update("ALAS-2026-1", *packages))))
    assert feed_of(path) is AMAZON
    reading = AMAZON.read(path)
    (found,) = reading
    assert (found.id, found.key, found.aliases) == ("ALAS-2026-1", "ALAS-2026-1", ("CVE-2026-1111",))
    assert (found.level, found.level_source, found.title) == (Level.HIGH, "distribution severity", "A fix & more")
    assert found.published == datetime(2026, 4, 13, 17, 56, tzinfo=UTC)
    assert found.reference == "https://alas.example/ALAS-2026-1"
    assert found.affected == (
        Affected(ecosystem="Amazon:2023", name="curl", fixed="8.5.0-1.amzn2023.0.1"),
        Affected(ecosystem="Amazon:2", name="bind", fixed="32:9.11.4-26.amzn2.13.1"),
        Affected(ecosystem="Amazon:2018.03", name="bash", fixed="4.2-1.38.amzn1"),
    )
    assert reading.skipped == {"packages of no release that is known": 1}
    old = "8.4.0-9.amzn2023"
    old_curl = Package(ecosystem="Amazon:2023", name="curl", version=old, source="curl", source_version=old)
    assert [each.key for each in match(old_curl, [found])] == ["CVE-2026-1111"]


def test_amazons_documents_of_a_folder_are_one_feed(tmp_path: Path) -> None:
    """Core, livepatch and extras; what is about no vulnerability, or there twice, is counted."""
    (tmp_path / "core").mkdir()
    written(tmp_path / "core" / "updateinfo.xml", updates(update("A-1"), update("A-2", type="bugfix")))
    written(tmp_path / "extras.xml.bz2", bz2.compress(updates(update("A-1"), update("A-3"), update("A-4", cve="none"))))
    written(tmp_path / "readme.txt", b"<updates>")
    assert feed_of(tmp_path) is AMAZON
    reading = AMAZON.read(tmp_path)
    assert [each.id for each in reading] == ["A-1", "A-3"]
    assert reading.skipped == {"advisories about no vulnerability": 2, "advisories that were there before": 1}


def test_oracles_advisories_name_what_is_fixed_in_each_release(tmp_path: Path) -> None:
    """By the words of the criteria; builds of lines of their own would make every usual one look old."""
    asked = (
        criteria("9", "bind is earlier than 32:9.16.23-18.el9", "bind-libs is earlier than 32:9.16.23-18.el9"),
        criteria("8", "bind is earlier than 32:9.11.36-11.el8", "nodejs is earlier than 1:18.1-1.module+el8.9+1"),
        criteria(
            "9", "glibc is earlier than 2:2.34-28.0.1.ksplice1.el9", "openssl is earlier than 10:1.1.1k-6.el9_fips"
        ),
        criteria("9", "the moon is full"),
    )
    path = written(tmp_path / "com.oracle.elsa-all.xml.bz2", bz2.compress(oval(definition("ELSA-2026-1", *asked))))
    assert feed_of(path) is ORACLE
    reading = ORACLE.read(path)
    (found,) = reading
    assert (found.id, found.aliases, found.level) == ("ELSA-2026-1", ("CVE-2026-1111",), Level.MEDIUM)
    assert (found.title, found.reference) == (
        "ELSA-2026-1: bind security update (IMPORTANT)", "https://linux.oracle.example/ELSA-2026-1.html",
    )  # fmt: skip
    assert found.affected == (
        Affected(ecosystem="Oracle:9", name="bind", fixed="32:9.16.23-18.el9"),
        Affected(ecosystem="Oracle:9", name="bind-libs", fixed="32:9.16.23-18.el9"),
        Affected(ecosystem="Oracle:8", name="bind", fixed="32:9.11.36-11.el8"),
    )
    assert reading.skipped == {
        "packages of module streams": 1,
        "packages of Ksplice and FIPS, or of no release": 2,
        "criteria that are not understood": 1,
    }
    assert reading.ecosystems == {"Oracle:8", "Oracle:9"}


def test_oracles_advisories_about_no_vulnerability_are_counted(tmp_path: Path) -> None:
    """Enhancements, and records that were there before; a level that is none is none."""
    asked = criteria("9", "bind is earlier than 32:9.16.23-18.el9")
    path = written(
        tmp_path / "oval.xml.xz",
        lzma.compress(oval(definition("ELSA-2026-1", asked, severity="N/A"), definition("ELSA-2026-1", asked),
                           definition("ELSA-2026-2", asked, cve="none"), definition("ELBA-2026-3", asked))),
    )  # fmt: skip
    reading = ORACLE.read(path)
    assert [(each.id, each.level, each.level_source) for each in reading] == [("ELSA-2026-1", None, "")]
    assert sum(reading.skipped.values()) == 3


LAUGHS = "".join(
    f'<!ENTITY lol{number} "{f"&lol{number - 1};" * 10}">' for number in range(1, 10)
)  # fmt: skip
DOCTYPES = {
    "entities that expand": f'<!DOCTYPE updates [<!ENTITY lol0 "lol">{LAUGHS}]>',
    "a file": '<!DOCTYPE updates [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE updates SYSTEM "http://127.0.0.1:9/x.dtd">',
    "a parameter": '<!DOCTYPE updates [<!ENTITY % more SYSTEM "http://127.0.0.1:9/x"> %more;]>',
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize(
    ("feed", "document"), [(AMAZON, updates), (ORACLE, oval)], ids=["updateinfo", "oval"]
)  # fmt: skip
def test_a_document_type_is_refused(
    feed: Feed, document: Callable[..., bytes], doctype: str, tmp_path: Path
) -> None:  # fmt: skip
    """Whatever it defines: nothing is expanded, read or fetched."""
    inner = update(cve="&lol9;") if feed is AMAZON else definition(cve="&lol9;")
    path = written(tmp_path / "x.xml", document(inner, before=doctype))
    with pytest.raises(FeedError, match="has a document type"):
        list(feed.read(path))


def refused(path: Path) -> str:
    """What is said of it, with little memory spent."""
    tracemalloc.start()
    try:
        with pytest.raises(FeedError) as problem:
            list(AMAZON.read(path))
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    return str(problem.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<a>" * 100, "more than 64 deep"),
        ("<update>" + "<a/>" * 100_001, "more than 100000 elements"),
        ("<update><id>" + "x" * (2 << 20), "more than 1048576 characters"),
        ('<update id="' + "x" * (30 << 20), "one tag of more than 8 MiB"),
        ("<update>&nothing;</update>", "not whole XML: undefined entity"),
        (update(), "not whole XML: no element found"),
        ("</updates><updates/>", "not whole XML"),
    ],
    ids=["deep", "wide", "long", "one tag", "an entity", "cut short", "two documents"],
)
def test_what_no_feed_is_like_is_refused(content: str, said: str, tmp_path: Path) -> None:
    """With the reason, and before it has cost much."""
    assert said in refused(written(tmp_path / "x.xml", f"<updates>{content}".encode()))


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small it is."""
    monkeypatch.setattr(xml_stream, "MAX_BYTES", 4 << 20)
    path = written(tmp_path / "x.xml.bz2", bz2.compress(b"<updates>" + b" " * (64 << 20)))
    assert path.stat().st_size < 1000
    assert "holds more than 4 MiB" in refused(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_document_that_is_cut_short_is_damaged(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Whatever it is packed with."""
    data = pack(updates(*(update(f"A-{number}") for number in range(3000))))
    path = written(tmp_path / "x.xml", data[: len(data) // 2])
    with pytest.raises(FeedError, match="can't be read"):
        list(AMAZON.read(path))
    assert source.head(tmp_path / "missing") == b""


@pytest.mark.parametrize(("feed", "document"), [(AMAZON, updates), (ORACLE, oval)], ids=["updateinfo", "oval"])
def test_a_document_without_advisories_is_refused(feed: Feed, document: Callable[..., bytes], tmp_path: Path) -> None:
    """Nothing takes the place of what was there."""
    with pytest.raises(FeedError, match="holds no advisory"):
        list(feed.read(written(tmp_path / "x.xml", document())))

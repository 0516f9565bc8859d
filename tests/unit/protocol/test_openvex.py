"""OpenVEX documents: what they set aside, and what is refused."""

import json

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.ignoring import Product
from hostward.protocol import openvex
from hostward.protocol.openvex import read

CURL = {"@id": "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12.4"}
LODASH = {"@id": "urn:x", "identifiers": {"purl": "pkg:npm/lodash"}}


def statement(status: str = "not_affected", **said: object) -> dict[str, object]:
    """A statement about curl."""
    why = {"justification": "vulnerable_code_not_present"} if status == "not_affected" else {}
    return {"vulnerability": {"name": "CVE-1"}, "products": [CURL], "status": status, **why, **said}


def document(*statements: dict[str, object], **said: object) -> bytes:
    """A document with these statements."""
    head = {
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex-1", "author": "ann",
        "timestamp": "2026-01-08T18:02:03.647787998-06:00", "version": 1,
    }  # fmt: skip
    return json.dumps({**head, "statements": statements, **said}).encode()


def test_not_affected_and_fixed_set_aside_the_very_packages_they_name() -> None:
    """By purl, with its release, version and ecosystem; an identifier counts as the id does."""
    found = read(document(statement(), statement("fixed", products=[LODASH], vulnerability={"name": "CVE-2"})))
    assert [(one.key, one.product, one.status) for one in found.aside] == [
        ("CVE-1", Product(name="curl", ecosystem="Debian:12", version="7.88.1-10"), "not_affected"),
        ("CVE-2", Product(name="lodash", ecosystem="npm"), "fixed"),
    ]
    assert (found.id, found.version, found.statements, found.left_out) == ("https://example.com/vex-1", 1, 2, {})


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_other_statements_set_nothing_aside(status: str) -> None:
    """Nor do they hide what another document says."""
    assert read(document(statement(status))).aside == []


@pytest.mark.parametrize(("times", "count"), [(("2026-01-02", "2026-01-01"), 1), (("2026-01-01", "2026-01-02"), 0)])
def test_the_newest_statement_has_the_last_word(times: tuple[str, str], count: int) -> None:
    """Whatever their order in the document."""
    first, second = (f"{day}T00:00:00Z" for day in times)
    said = document(statement(timestamp=first), statement("affected", timestamp=second))
    assert len(read(said).aside) == count


def test_of_equally_old_statements_the_later_one_counts() -> None:
    """As they stand in the document."""
    assert read(document(statement(), statement("affected"))).aside == []


def test_a_cve_among_the_aliases_is_what_it_is_known_by() -> None:
    """Else its own name."""
    names = {"name": "GHSA-1", "aliases": ["x", "CVE-9"]}
    found = read(document(statement(vulnerability=names), statement(vulnerability={"name": "GHSA-2"})))
    assert [one.key for one in found.aside] == ["CVE-9", "GHSA-2"]


def test_without_products_a_statement_is_about_the_vulnerability() -> None:
    """Whatever package brings it."""
    whole = statement()
    del whole["products"]
    (one,) = read(document(whole)).aside
    assert one.product is None


def test_what_can_not_be_placed_is_left_out_and_counted() -> None:
    """Never is more set aside than was said."""
    odd = [{"@id": "pkg:oci/app@sha256:1"}, {"@id": "urn:host"}, {**CURL, "subcomponents": [LODASH]}, {}]
    found = read(document(statement(products=odd)))
    assert (found.aside, sorted(found.left_out.values())) == ([], [1, 3])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no OpenVEX document"),
        (b"{", "no OpenVEX document"),
        (b"[" * 100_000, "no OpenVEX document"),
        (b"\xff", "no OpenVEX document"),
        (b"{}", "@context"),
        (document(**{"@context": "https://cyclonedx.org"}), "@context"),
        (document(**{"@id": " "}), "@id"),
        (document(version="1"), "version"),
        (document(version=-1), "version"),
        (document(statement("maybe")), "status"),
        (document(statement(justification="because")), "justification"),
        (document(statement(justification="")), "impact_statement"),
        (document(statement(vulnerability={"name": " "})), "name"),
        (document(statement(products="curl")), "products"),
    ],
)
def test_what_is_no_document_is_refused_in_words_that_help(data: bytes, words: str) -> None:
    """One error that names the member."""
    with pytest.raises(InvalidValue, match=words):
        read(data)


def test_a_document_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes and in statements."""
    monkeypatch.setattr(openvex, "MOST_STATEMENTS", 1)
    with pytest.raises(InvalidValue, match="split it"):
        read(document(statement(), statement()))
    monkeypatch.setattr(openvex, "MAX_BYTES", 10)
    with pytest.raises(InvalidValue, match="10 bytes"):
        read(document())

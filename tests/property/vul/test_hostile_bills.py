"""Bills of materials with any content: the machine they describe, or one refusal."""

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bills import PRODUCERS
from hostward.domain.errors import InvalidValue
from hostward.domain.matching import has_place
from hostward.domain.purl import Purl, parse
from hostward.scanners.vul.sbom.read import read

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
PURLS = st.builds(
    Purl,
    kind=st.sampled_from(("deb", "rpm", "apk", "pypi", "npm", "golang", "maven", "generic")),
    namespace=st.lists(WORDS.filter(lambda word: word not in ("/", "//")), max_size=2)
    .map("/".join)
    .filter(lambda space: "//" not in space and space.strip("/") == space),
    name=WORDS,
    version=WORDS,
    qualifiers=st.dictionaries(st.sampled_from(("arch", "distro", "epoch", "upstream")), WORDS),
)
MEMBERS = (
    "bomFormat spdxVersion components packages metadata component properties name value type purl externalRefs "
    "referenceType referenceLocator relationships comment"
)
NAMES = st.sampled_from(MEMBERS.split())
VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(("CycloneDX", "SPDX-2.3", "operating-system", "purl")) | PURLS.map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(PURLS)
def test_a_purl_that_was_written_is_read_as_it_was(purl: Purl) -> None:
    """Whatever characters its parts have."""
    assert parse(str(purl)) == purl


@given(VALUES | st.fixed_dictionaries({"bomFormat": st.just("CycloneDX"), "components": VALUES}))
def test_any_json_is_a_machine_or_refused(value: object) -> None:
    """Every package can be stored: it has a name and a version."""
    with suppress(InvalidValue):
        for package in read(json.dumps(value).encode()).packages:
            assert package.name
            assert package.version
            assert has_place(package.ecosystem, package.version) in (True, False)


@given(st.sampled_from(PRODUCERS), st.data())
def test_a_bill_that_was_damaged_is_a_machine_or_refused(producer: object, data: st.DataObject) -> None:
    """Cut off anywhere, or with other bytes in it."""
    assert callable(producer)
    text = bytearray(producer().encode())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    with suppress(InvalidValue):
        read(bytes(text[: data.draw(st.integers(0, len(text)) | st.just(len(text)))]))

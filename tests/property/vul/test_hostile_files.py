"""Files of language packages with any content: a parser gives what it finds or its one typed error."""

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from archives_made import jar, manifest, pom
from hostward.scanners.vul import cargo, composer, elf, go_build, ruby, rust_build
from hostward.scanners.vul import jar as archives
from hostward.scanners.vul.span import HeldSpan, Malformed
from programs_made import go_program, old_go_program, rust_program

GO = go_program("go1.21.5", ("mod", "example.com/a", "v1.0.0"), ("dep", "example.com/b", "v2.0.0"))[:1500]
OLD_GO = old_go_program("go1.16", ("mod", "example.com/a", "v1.0.0"), bits=32, order=">")[:1500]
RUST = rust_program(json.dumps({"packages": [{"name": "a", "version": "1.0.0", "source": "crates.io"}]}).encode())[
    :1500
]
JAR = jar({"lib/a.jar": jar(pom("g", "a", "1")), **pom("g", "b", "2"), **manifest(Implementation_Version="1")})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["packages", "name", "version", "source"]), inner)
    ),
    max_leaves=10,
)


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some of them exchanged, and cut off somewhere."""
    changes = st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=6)

    def apply(how: tuple[list[tuple[int, int]], int]) -> bytes:
        data = bytearray(whole)
        for place, value in how[0]:
            data[place] = value
        return bytes(data[: how[1]])

    return st.tuples(changes, st.integers(0, len(whole)) | st.just(len(whole))).map(apply)


@given(st.binary(max_size=300) | damaged(GO) | damaged(OLD_GO) | damaged(RUST))
def test_programs_are_read_or_malformed(data: bytes) -> None:
    """Whatever their headers point at."""
    with suppress(Malformed):
        program = elf.parse(HeldSpan(data))
        go_build.read(program)
        rust_build.parse(program.section(rust_build.SECTION) or b"")


@given(st.binary(max_size=300) | damaged(JAR))
def test_archives_give_parts_whatever_they_hold(data: bytes) -> None:
    """Damage is a part like the others; there are never more than the directory can name."""
    parts = list(archives.parts(HeldSpan(data), "a.jar"))
    assert all(isinstance(each, archives.Artifact | archives.Nameless | archives.Broken) for each in parts)
    assert len(parts) < 100


@given(st.text() | JSON.map(json.dumps))
def test_lock_files_and_lists_are_read_or_malformed(text: str) -> None:
    """No other error comes out."""
    for parse in (cargo.parse, lambda each: composer.parse(each.encode("utf-8", "replace"))):
        with suppress(Malformed):
            assert all(len(found) == 2 for found in parse(text))
    ruby.parse(text, text)
    ruby.parse_lock(text)

"""Package sources of another root."""

from pathlib import Path

import pytest

from hostward.scanners.vul import sources
from hostward.scanners.vul.sources import Source, Sources

KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----"


def read(tmp_path: Path, text: str, name: str = "sources.list") -> Sources:
    """The sources of a root whose etc/apt has this file."""
    file = tmp_path / "etc/apt" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return sources.read(tmp_path)


def test_a_line_is_read(tmp_path: Path) -> None:
    """Address, suite and components; comments and source packages are no sources of binaries."""
    text = "# deb http://no.example/ x y\ndeb-src http://a.example/debian bookworm main\n"
    text += "deb http://a.example/debian bookworm main contrib # mine\n"
    expected = Source(uris=("http://a.example/debian",), suites=("bookworm",), components=("main", "contrib"))
    assert read(tmp_path, text) == Sources(usable=(expected,))


def test_options_keep_the_keyring_alone(tmp_path: Path) -> None:
    """What switches checks off is dropped with the other options."""
    text = "deb [ arch=amd64 trusted=yes signed-by=/usr/share/keyrings/a.gpg ] https://a.example/d stable main\n"
    [source] = read(tmp_path, text).usable
    assert source.signed_by == ("/usr/share/keyrings/a.gpg",)
    sources.write(Sources(usable=(source,)), tmp_path, tmp_path / "out")
    assert "trusted" not in (tmp_path / "out/hostward.sources").read_text()


def test_a_flat_archive_has_no_components(tmp_path: Path) -> None:
    """Its suite is a path."""
    [source] = read(tmp_path, "deb http://a.example/repo ./\n").usable
    assert (source.suites, source.components) == (("./",), ())


def test_a_deb822_file_is_read(tmp_path: Path) -> None:
    """Several addresses and suites, continuation lines, comments, an embedded key."""
    body = "\n".join(f" {line or '.'}" for line in KEY.splitlines())
    text = "Types: deb deb-src\nURIs: http://a.example/d\n https://b.example/d\n# c\nSuites: x x-updates\n"
    text += f"Components: main\nSigned-By:\n{body}\n"
    [source] = read(tmp_path, text, "sources.list.d/a.sources").usable
    assert (source.uris, source.suites) == (("http://a.example/d", "https://b.example/d"), ("x", "x-updates"))
    assert source.key.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert source.signed_by == ()


@pytest.mark.parametrize("line", ["Types: deb-src", "Types: deb\nEnabled: no", "Types: deb\nEnabled: False"])
def test_stanzas_that_are_off_are_no_sources(tmp_path: Path, line: str) -> None:
    """Neither usable nor left out."""
    text = f"{line}\nURIs: http://a.example/d\nSuites: x\nComponents: main\n"
    assert read(tmp_path, text, "sources.list.d/a.sources") == Sources()


@pytest.mark.parametrize(
    "line",
    [
        "deb file:/srv/repo ./",
        "deb cdrom:[Debian]/ bookworm main",
        "deb mirror+http://a.example/list x main",
        "deb ftp://a.example/d x main",
        'deb http://a.example/"x;evil x main',
        "deb http://a.example/d x`id` main",
        "deb [signed-by=relative/path.gpg] http://a.example/d x main",
        "deb [signed-by=/etc/$(x)] http://a.example/d x main",
        "deb http://a.example/d",
        "deb http://user:secret@a.example:x{}/d x main",
    ],
)
def test_a_source_that_is_not_plain_http_is_left_out(tmp_path: Path, line: str) -> None:
    """Local files, other methods and whatever could mean something to apt's parser; each is counted."""
    assert read(tmp_path, line + "\n") == Sources(left_out=1)


def test_hostile_files_are_left_out(tmp_path: Path) -> None:
    """An oversized one and a link into nothing."""
    found = read(tmp_path, "#" * (sources.MAX_BYTES + 1))
    assert found == Sources(left_out=1)


def test_the_number_of_sources_is_limited(tmp_path: Path) -> None:
    """Those above the limit are counted as left out."""
    lines = "".join(f"deb http://a.example/{number} x main\n" for number in range(sources.MAX_SOURCES + 3))
    found = read(tmp_path, lines)
    assert (len(found.usable), found.left_out) == (sources.MAX_SOURCES, 3)


def test_other_files_in_the_folder_are_no_sources(tmp_path: Path) -> None:
    """Only .list and .sources are read, as by apt."""
    assert read(tmp_path, "deb http://a.example/d x main\n", "sources.list.d/a.list.save") == Sources()


def test_keyrings_are_copied_out_of_the_root(tmp_path: Path) -> None:
    """What is written names the copy; a link out of the root is not followed."""
    root = tmp_path / "root"
    (root / "usr").mkdir(parents=True)
    (root / "usr/good.gpg").write_bytes(b"good")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "usr/bad.gpg").symlink_to("../../secret")
    source = Source(uris=("http://a.example/d",), suites=("x",), signed_by=("/usr/good.gpg", "/usr/bad.gpg", "AB" * 10))
    sources.write(Sources(usable=(source,)), root, tmp_path / "out")
    copies = sorted((tmp_path / "out/keys").iterdir())
    assert [path.read_bytes() for path in copies] == [b"good"]
    expected = f"Signed-By: {tmp_path}/out/keys/usr_good.gpg {tmp_path}/out/keys/usr_bad.gpg {'AB' * 10}\n"
    assert expected in (tmp_path / "out/hostward.sources").read_text()


def test_trusted_keyrings_are_copied_too(tmp_path: Path) -> None:
    """Sources that name no keyring are checked against these."""
    (tmp_path / "etc/apt/trusted.gpg.d").mkdir(parents=True)
    (tmp_path / "etc/apt/trusted.gpg.d/a.asc").write_bytes(b"key")
    sources.write(Sources(), tmp_path, tmp_path / "out")
    assert [path.read_bytes() for path in (tmp_path / "out/trusted").iterdir()] == [b"key"]


def test_an_embedded_key_is_written_as_deb822_asks(tmp_path: Path) -> None:
    """Indented, with dots for its empty lines, so that it can't begin a field."""
    source = Source(uris=("http://a.example/d",), suites=("x",), key=KEY + "\nURIs: file:/evil")
    sources.write(Sources(usable=(source,)), tmp_path, tmp_path / "out")
    text = (tmp_path / "out/hostward.sources").read_text()
    assert "\n .\n" in text
    assert [line for line in text.splitlines() if line.startswith("URIs:")] == ["URIs: http://a.example/d"]

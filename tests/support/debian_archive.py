"""Small Debian packages and package archives, made without dpkg so that they can also be damaged on purpose."""

import gzip
import hashlib
import io
import lzma
import tarfile
from collections.abc import Mapping
from pathlib import Path


def deb_bytes(
    name: str = "tool",
    version: str = "1.0-2",
    *,
    source: str = "",
    arch: str = "all",
    files: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
) -> bytes:
    """A .deb with these files below its root (path -> content) and symbolic links (path -> target)."""
    control = control_text(name, version, source=source, arch=arch).encode()
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": gzip.compress(tar_bytes({"./control": control}, {}), mtime=0),
        "data.tar.xz": lzma.compress(tar_bytes(files or {}, links or {})),
    }
    return ar_bytes(members)


def ar_bytes(members: Mapping[str, bytes]) -> bytes:
    """An ar archive as deb(5) asks for."""
    out = io.BytesIO()
    out.write(b"!<arch>\n")
    for name, data in members.items():
        out.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode())
        out.write(data + b"\n" * (len(data) % 2))
    return out.getvalue()


def tar_bytes(files: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    """A tar archive as dpkg writes it (GNU long names)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for path, target in links.items():
            member = tarfile.TarInfo(path)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return out.getvalue()


def control_text(name: str, version: str, *, source: str = "", arch: str = "all") -> str:
    """The control stanza of a package."""
    origin = f"Source: {source}\n" if source else ""
    return (
        f"Package: {name}\n{origin}Version: {version}\nArchitecture: {arch}\nMaintainer: X <x@example.org>\n"
        "Description: made for a test\n"
    )


def changelog_text(source: str, *entries: tuple[str, str, str]) -> bytes:
    """A changelog, newest entry first; an entry is version, urgency and the text of its one change."""
    return "".join(
        f"{source} ({version}) bookworm; urgency={urgency}\n\n  * {change}\n\n"
        " -- X <x@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n\n"
        for version, urgency, change in entries
    ).encode()


def with_changelog(name: str, text: bytes) -> dict[str, bytes]:
    """The files of a package that carries this changelog."""
    return {f"./usr/share/doc/{name}/changelog.Debian.gz": gzip.compress(text, mtime=0)}


def archive(folder: Path, debs: Mapping[str, bytes], *, codename: str = "bookworm") -> None:
    """A flat package archive of these packages (file name -> content): Packages and an unsigned Release."""
    folder.mkdir(parents=True, exist_ok=True)
    stanzas = []
    for name, data in debs.items():
        (folder / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        stanzas.append(f"{_control_of(data)}Filename: ./{name}\nSize: {len(data)}\nSHA256: {digest}\n")
    packages = "\n".join(stanzas).encode()
    (folder / "Packages").write_bytes(packages)
    lines = [f"Origin: Test\nSuite: stable\nCodename: {codename}\nDate: Mon, 01 Jan 2024 00:00:00 UTC\nSHA256:"]
    lines.append(f" {hashlib.sha256(packages).hexdigest()} {len(packages)} Packages\n")
    (folder / "Release").write_text("\n".join(lines), encoding="ascii")


def _control_of(deb: bytes) -> str:
    start = deb.index(b"control.tar.gz") + 60
    size = int(deb[start - 12 : start - 2])
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(deb[start : start + size]))) as control:
        member = control.extractfile("./control")
        assert member is not None
        return member.read().decode()

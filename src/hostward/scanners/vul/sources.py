"""Package sources of another root file system, read without apt and written anew with nothing but http(s) in them.

Format: sources.list(5), both the one-line and the deb822 style. Options that weaken a source ("trusted=yes") or that
reach for files of this machine are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hostward.scanners.vul import rootfs

MAX_BYTES = 256 << 10
"""Largest sources file taken."""
MAX_FILES = 200
"""Files of sources.list.d looked at."""
MAX_SOURCES = 100
"""Sources kept."""
MAX_KEYRING_BYTES = 4 << 20
"""Largest keyring taken: Debian's has 100 KB."""

_LINE = re.compile(r"deb(?:[ \t]+\[([^\]]*)\])?[ \t]+(\S+)[ \t]+(\S+)((?:[ \t]+\S+)*)")
_URI = re.compile(r"https?://[!#-;=?-Z_a-z~%]{1,500}")
_WORD = re.compile(r"[A-Za-z0-9._+/:~-]{1,200}")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{16,40}!?")
_PATH = re.compile(r"/[A-Za-z0-9._+/~-]{1,500}")
_ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_KEYRINGS = ("etc/apt/trusted.gpg",)
_KEYRING_FOLDER = "etc/apt/trusted.gpg.d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of package source. signed_by: keyring paths in that root or fingerprints; key: an armored key in it."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources that can be asked, and how many can't (other than http(s), or not to be read)."""

    usable: tuple[Source, ...] = ()
    left_out: int = 0


def read(root: Path) -> Sources:
    """Binary package sources of the system below root."""
    folder = "etc/apt/sources.list.d"
    files = ["etc/apt/sources.list", *(f"{folder}/{name}" for name in rootfs.names(root, folder, MAX_FILES))]
    usable: list[Source] = []
    left_out = 0
    for path in files:
        if not path.endswith((".list", ".sources")):
            continue
        try:
            text = (rootfs.read(root, path, MAX_BYTES) or b"").decode("utf-8", "replace")
        except rootfs.Unreadable:
            left_out += 1
            continue
        for source in _deb822(text) if path.endswith(".sources") else _one_line(text):
            if source is None or len(usable) >= MAX_SOURCES:
                left_out += 1
            else:
                usable.append(source)
    return Sources(usable=tuple(usable), left_out=left_out)


def write(sources: Sources, root: Path, folder: Path) -> None:
    """Write them below folder as apt reads them: "hostward.sources", keyrings as copies in "keys" and "trusted".

    A keyring that can't be copied leaves its source unsigned for apt, which then refuses it and says so.
    """
    keys, trusted = folder / "keys", folder / "trusted"
    for each in (keys, trusted):
        each.mkdir(parents=True, exist_ok=True)
    stanzas = [_render(source, root, keys) for source in sources.usable]
    (folder / "hostward.sources").write_text("\n".join(stanzas), encoding="utf-8")
    names = rootfs.names(root, _KEYRING_FOLDER, MAX_FILES)
    for path in (*_KEYRINGS, *(f"{_KEYRING_FOLDER}/{name}" for name in names)):
        _copy(root, path, trusted)


def _one_line(text: str) -> Iterator[Source | None]:
    """Lines that begin with "deb"; None for one that can't be used."""
    for line in (each.partition("#")[0].strip() for each in text.splitlines()):
        if not re.match(r"deb\s", line):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            yield None
            continue
        options = dict(part.partition("=")[::2] for part in (match[1] or "").split())
        signed = tuple(options.get("signed-by", "").split(",")) if options.get("signed-by") else ()
        yield _source((match[2],), (match[3],), tuple(match[4].split()), signed, "")


def _deb822(text: str) -> Iterator[Source | None]:
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        signed = fields.get("signed-by", "")
        key = signed.strip() if _ARMOR in signed else ""
        words = [tuple(fields.get(name, "").split()) for name in ("uris", "suites", "components")]
        yield _source(words[0], words[1], words[2], () if key else tuple(signed.replace(",", " ").split()), key)


def _fields(stanza: str) -> dict[str, str]:
    """Fields of a deb822 stanza with their continuation lines; names in lower case."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t"):
            fields[name] = fields.get(name, "") + "\n" + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _source(
    uris: tuple[str, ...], suites: tuple[str, ...], components: tuple[str, ...], signed_by: tuple[str, ...], key: str
) -> Source | None:
    """The source, None when an address is not http(s) or a word holds what must not reach apt's file."""
    words_fit = all(_WORD.fullmatch(word) for word in (*suites, *components))
    signed_fits = all(_PATH.fullmatch(each) or _FINGERPRINT.fullmatch(each) for each in signed_by)
    if not uris or not suites or not words_fit or not signed_fits or not all(_URI.fullmatch(uri) for uri in uris):
        return None
    return Source(uris=uris, suites=suites, components=components, signed_by=signed_by, key=key)


def _render(source: Source, root: Path, keys: Path) -> str:
    lines = ["Types: deb", f"URIs: {' '.join(source.uris)}", f"Suites: {' '.join(source.suites)}"]
    if source.components:
        lines.append(f"Components: {' '.join(source.components)}")
    if source.key:
        body = "\n".join(f" {line or '.'}" for line in source.key.splitlines())
        lines.append(f"Signed-By:\n{body}")
    elif source.signed_by:
        signed = [_copy(root, each, keys) if each.startswith("/") else each for each in source.signed_by]
        lines.append(f"Signed-By: {' '.join(signed)}")
    return "\n".join(lines) + "\n"


def _copy(root: Path, path: str, folder: Path) -> str:
    """Copy a keyring of that root into our folder and give its path there, also when there was nothing to copy."""
    target = folder / path.strip("/").replace("/", "_")
    try:
        data = rootfs.read(root, path, MAX_KEYRING_BYTES)
    except rootfs.Unreadable:
        data = None
    if data is not None:
        target.write_bytes(data)
    return str(target)

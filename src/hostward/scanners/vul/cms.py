"""Web content management systems by their version files: WordPress, Drupal and Joomla, with what was added to them.

Sources: the systems' own layouts and developer handbooks (headers of plugins and themes, *.info.yml, manifests).
Nothing of them is run; a version is what the file says in one plain line.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.language import Damaged, Item
from hostward.scanners.vul.walk import Folder

WORDPRESS, DRUPAL, JOOMLA = "WordPress", "Drupal", "Joomla"
HEAD_BYTES = 64 << 10
"""Bytes of a file read: versions stand at the beginning. (WordPress itself reads 8 KB of a plugin.)"""
MAX_CANDIDATES = 50
"""PHP files of one plugin's folder that are looked through for its header."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,150}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+_-]{0,100}")
_WP_CORE = re.compile(r"^\s*\$wp_version\s*=\s*'([^'\n]+)'", re.MULTILINE)
_WP_NAME = re.compile(r"^[ \t/*#@]*(?:Plugin|Theme) Name:[ \t]*\S", re.MULTILINE | re.IGNORECASE)
_WP_VERSION = re.compile(r"^[ \t/*#@]*Version:[ \t]*([^\s*]+)", re.MULTILINE | re.IGNORECASE)
_DRUPAL_CORE = re.compile(r"^\s*const\s+VERSION\s*=\s*'([^'\n]+)'", re.MULTILINE)
_DRUPAL_OLD_CORE = re.compile(r"^\s*define\('VERSION',\s*'([^'\n]+)'\)", re.MULTILINE)
_DRUPAL_FIELD = re.compile(r"""^(project|version)\s*[:=]\s*['"]?([^'"\s]+)['"]?\s*$""", re.MULTILINE)
_DRUPAL_BRANCH = re.compile(r"[0-9]+\.x-")
_JOOMLA_VERSION = re.compile(r"<version>\s*([^<\s]+)\s*</version>")
_JOOMLA_OWN = re.compile(r"<author>\s*Joomla!? Project\s*</author>")
_JOOMLA_EXTENSION = re.compile(r"<extension\b[^>]*\btype=")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """name: as advisories are to name it ("wordpress", "plugin/akismet"). version "": the file should have one."""

    file: str
    name: str
    version: str
    problem: str = "no version"


@dataclass(frozen=True, slots=True, kw_only=True)
class _System:
    ecosystem: str
    look: Callable[[Folder], Iterator[_Found]]


def look(folder: Folder) -> Iterator[Item]:
    """The systems whose version files lie in this folder, and extensions that are this folder."""
    for system in _SYSTEMS:
        for found in system.look(folder):
            yield _item(system.ecosystem, folder, found)


def _item(ecosystem: str, folder: Folder, found: _Found) -> Item:
    path = os.fsencode(f"{folder.path}/{found.file}")
    if not _VERSION.fullmatch(found.version):
        return Damaged(path=path, reason=f"{found.file}: {found.problem}")
    return Package(
        ecosystem=ecosystem, name=found.name, version=found.version, source=found.name,
        source_version=found.version, path=path,
    )  # fmt: skip


def _wordpress(folder: Folder) -> Iterator[_Found]:
    if folder.path.endswith("/wp-includes") and "version.php" in folder.files:
        yield _in_file(folder, "version.php", "wordpress", _WP_CORE)
    above, _, name = folder.path.rpartition("/")
    if above.endswith(("/wp-content/plugins", "/wp-content/mu-plugins")) and _WORD.fullmatch(name):
        yield from _wp_header(folder, _php(folder.files, f"{name}.php"), f"plugin/{name}")
    elif above.endswith("/wp-content/themes") and _WORD.fullmatch(name) and "style.css" in folder.files:
        yield from _wp_header(folder, ["style.css"], f"theme/{name}")
    elif folder.path.endswith(("/wp-content/plugins", "/wp-content/mu-plugins")):
        for file in _php(folder.files, "")[:MAX_CANDIDATES]:
            yield from _wp_header(folder, [file], f"plugin/{file.removesuffix('.php')}")


def _php(files: Sequence[str], first: str) -> list[str]:
    """PHP files, the likely one first."""
    return sorted((each for each in files if each.endswith(".php")), key=lambda each: (each != first, each))


def _wp_header(folder: Folder, files: Sequence[str], name: str) -> Iterator[_Found]:
    """The first file with a header of a plugin or a theme; most files have none."""
    for file in files[:MAX_CANDIDATES]:
        text = _text(folder, file)
        if isinstance(text, _Found):
            yield text
        elif _WP_NAME.search(text):
            version = _WP_VERSION.search(text)
            yield _Found(file=file, name=name, version=version[1] if version else "")
            return


def _drupal(folder: Folder) -> Iterator[_Found]:
    if folder.path.endswith("/core/lib") and "Drupal.php" in folder.files:
        yield _in_file(folder, "Drupal.php", "drupal", _DRUPAL_CORE)
    elif folder.path.endswith("/includes") and "bootstrap.inc" in folder.files:
        found = _in_file(folder, "bootstrap.inc", "drupal", _DRUPAL_OLD_CORE)
        if found.version:  # other programs have files of this name
            yield found
    name = folder.path.rpartition("/")[2]
    for file in (f"{name}.info.yml", f"{name}.info"):
        if file in folder.files and "/core/" not in folder.path and _WORD.fullmatch(name):
            yield from _drupal_project(folder, file)


def _drupal_project(folder: Folder, file: str) -> Iterator[_Found]:
    """Drupal's packaging adds project and version; parts of a project have the project's own. "8.x-1.5" is 1.5.0."""
    text = _text(folder, file)
    if isinstance(text, _Found):
        yield text
        return
    fields = dict(_DRUPAL_FIELD.findall(text))
    if fields.get("project") and fields["project"] != "drupal" and _WORD.fullmatch(fields["project"]):
        version = _DRUPAL_BRANCH.sub("", fields.get("version", ""), count=1)
        yield _Found(file=file, name=f"module/{fields['project']}", version=version)


def _joomla(folder: Folder) -> Iterator[_Found]:
    if folder.path.endswith("/administrator/manifests/files") and "joomla.xml" in folder.files:
        yield _in_file(folder, "joomla.xml", "joomla", _JOOMLA_VERSION)
    parent, _, name = folder.path.rpartition("/")
    kind = parent.rpartition("/")[2]
    is_plugin = parent.rpartition("/")[0].endswith("/plugins") and "/wp-content/" not in parent
    if not (name.startswith(("com_", "mod_")) and kind in ("components", "modules")) and not is_plugin:
        return
    for file in (f"{name}.xml", f"{name.partition('_')[2]}.xml"):
        if file in folder.files and _WORD.fullmatch(name):
            yield from _joomla_extension(folder, file, f"extension/{kind}_{name}" if is_plugin else f"extension/{name}")


def _joomla_extension(folder: Folder, file: str, name: str) -> Iterator[_Found]:
    """Joomla's own extensions have the core's version and are judged with it."""
    text = _text(folder, file)
    if isinstance(text, _Found):
        yield text
    elif _JOOMLA_EXTENSION.search(text) and not _JOOMLA_OWN.search(text):
        version = _JOOMLA_VERSION.search(text)
        yield _Found(file=file, name=name, version=version[1] if version else "")


def _in_file(folder: Folder, file: str, name: str, pattern: re.Pattern[str]) -> _Found:
    text = _text(folder, file)
    if isinstance(text, _Found):
        return text
    found = pattern.search(text)
    return _Found(file=file, name=name, version=found[1] if found else "")


def _text(folder: Folder, file: str) -> "str | _Found":
    """The beginning of a file, or what is wrong with it."""
    try:
        data = rootfs.read_in(folder.descriptor, file, HEAD_BYTES, head=True)
    except rootfs.Unreadable as error:
        return _Found(file=file, name="", version="", problem=str(error).partition(": ")[2])
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


_SYSTEMS = (
    _System(ecosystem=WORDPRESS, look=_wordpress),
    _System(ecosystem=DRUPAL, look=_drupal),
    _System(ecosystem=JOOMLA, look=_joomla),
)

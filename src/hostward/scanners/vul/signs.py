"""Signs that a folder may hold packages of a kind, by names alone.

A reader is imported when the first folder shows its sign: a machine without archives or web servers pays nothing.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import cast

from hostward.scanners.vul.language import Item, Look
from hostward.scanners.vul.walk import Folder

JAVA_ENDINGS = (".jar", ".war", ".ear", ".par", ".sar", ".hpi", ".jpi")
GEM_PLACES = ("/specifications", "/specifications/default")
GEM_LOCKS = frozenset({"Gemfile.lock", "gems.locked"})
COMPOSER_FILES = frozenset({"installed.json", "composer.lock"})

_CMS_FILES = frozenset({"version.php", "Drupal.php", "bootstrap.inc", "joomla.xml"})

Sign = Callable[[Folder], bool]


def later(module: str, sign: Sign) -> Look:
    """The look of a module of this package, which is imported when it is first needed."""

    def look(folder: Folder) -> Iterator[Item]:
        if sign(folder):
            yield from cast("Look", import_module(f"hostward.scanners.vul.{module}").look)(folder)

    return look


def cargo(folder: Folder) -> bool:
    """A lock file of cargo's."""
    return "Cargo.lock" in folder.files


def java(folder: Folder) -> bool:
    """An archive."""
    return any(name.endswith(JAVA_ENDINGS) for name in folder.files)


def ruby(folder: Folder) -> bool:
    """Specifications of gems, or a lock file of Bundler's."""
    return folder.path.endswith(GEM_PLACES) or not GEM_LOCKS.isdisjoint(folder.files)


def composer(folder: Folder) -> bool:
    """A list or a lock file of Composer's."""
    return not COMPOSER_FILES.isdisjoint(folder.files)


def cms(folder: Folder) -> bool:
    """A version file, WordPress's folder of extensions, or a folder with a file of its own name that describes it."""
    if "/wp-content/" in folder.path or not _CMS_FILES.isdisjoint(folder.files):
        return True
    name = folder.path.rpartition("/")[2]
    own = (f"{name}.info.yml", f"{name}.info", f"{name}.xml", f"{name.partition('_')[2]}.xml")
    return any(file in folder.files for file in own)

"""Every kind of package that is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hostward.scanners.vul import apk, dpkg, npm, python, rpm, unjudged
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.language import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A distribution's package database: is it there, and what does it hold?"""

    name: str
    is_there: Callable[[Path], bool]
    inventory: Callable[[Site], Installed]


DATABASES: tuple[Database, ...] = (
    Database(name="dpkg", is_there=dpkg.is_there, inventory=dpkg.inventory),
    Database(name="rpm", is_there=rpm.is_there, inventory=rpm.inventory),
    Database(name="apk", is_there=apk.is_there, inventory=apk.inventory),
)

UNREAD_DATABASES: tuple[tuple[str, str], ...] = (("pacman", "var/lib/pacman/local"), ("portage", "var/db/pkg"))
"""Databases that are recognised and not read: name, place."""

LANGUAGES: tuple[Look, ...] = (python.look, npm.look, unjudged.look)
"""What every folder is asked."""

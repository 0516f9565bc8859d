"""Every kind of package that is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hostward.scanners.vul import apk, dpkg, npm, programs, python, rpm, signs, unjudged
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.language import Look
from hostward.scanners.vul.rootfs import Root
from hostward.scanners.vul.signs import later


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A distribution's package database: is it there, and what does it hold? reads: for people, in Markdown."""

    name: str
    reads: str
    is_there: Callable[[Root], bool]
    inventory: Callable[[Site], Installed]


class Kind(NamedTuple):
    """One kind of packages that no distribution's database knows. reads: for people, in Markdown."""

    name: str
    reads: str
    look: Look


DATABASES: tuple[Database, ...] = (
    Database(
        name="dpkg",
        reads="`/var/lib/dpkg/status`, `status.d`, file lists",
        is_there=dpkg.is_there,
        inventory=dpkg.inventory,
    ),
    Database(
        name="rpm",
        reads="SQLite and ndb databases in `/usr/lib/sysimage/rpm` and `/var/lib/rpm`",
        is_there=rpm.is_there,
        inventory=rpm.inventory,
    ),
    Database(name="apk", reads="`/lib/apk/db/installed`", is_there=apk.is_there, inventory=apk.inventory),
)

UNREAD_DATABASES: tuple[tuple[str, str], ...] = (("pacman", "var/lib/pacman/local"), ("portage", "var/db/pkg"))
"""Databases that are recognised and not read: name, place."""

LANGUAGES = (
    Kind("Python packages", "`*.dist-info`, `*.egg-info` and `*.egg` in `site-packages`", python.look),
    Kind("npm packages", "`node_modules`, `package-lock.json`, `npm-shrinkwrap.json`", npm.look),
    Kind("Go and Rust programs", "build information of Go, crate lists of cargo-auditable (ELF)", programs.look),
    Kind("Rust crates", "`Cargo.lock`", later("cargo", signs.cargo)),
    Kind("Java archives", "`.jar`, `.war`, `.ear` and their like, those in them too", later("java", signs.java)),
    Kind("Ruby gems", "`specifications/*.gemspec`, `Gemfile.lock`", later("ruby", signs.ruby)),
    Kind("PHP packages", "`vendor/composer/installed.json`, `composer.lock`", later("composer", signs.composer)),
    Kind("Web CMS", "version files of WordPress, Drupal, Joomla and their extensions", later("cms", signs.cms)),
    Kind("Not judged yet", "lock files of yarn and pnpm: counted", unjudged.look),
)
"""What every folder is asked."""

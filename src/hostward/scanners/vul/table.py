"""Every kind of package that is looked for."""

from collections.abc import Callable
from dataclasses import dataclass

from hostward.scanners.vul import apk, cargo, cms, composer, dpkg, java, npm, programs, python, rpm, ruby, unjudged
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.language import Look
from hostward.scanners.vul.rootfs import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A distribution's package database: is it there, and what does it hold? reads: for people, in Markdown."""

    name: str
    reads: str
    is_there: Callable[[Root], bool]
    inventory: Callable[[Site], Installed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
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

LANGUAGES: tuple[Kind, ...] = (
    Kind(name="Python packages", reads="`*.dist-info`, `*.egg-info` and `*.egg` in `site-packages`", look=python.look),
    Kind(name="npm packages", reads="`node_modules`, `package-lock.json`, `npm-shrinkwrap.json`", look=npm.look),
    Kind(name="Go programs", reads="build information of ELF programs: modules and Go release", look=programs.look),
    Kind(name="Rust programs", reads="list of crates of ELF programs (cargo-auditable), `Cargo.lock`", look=cargo.look),
    Kind(name="Java archives", reads="`.jar`, `.war`, `.ear` and their like, those in them too", look=java.look),
    Kind(name="Ruby gems", reads="`specifications/*.gemspec`, `Gemfile.lock`", look=ruby.look),
    Kind(name="PHP packages", reads="`vendor/composer/installed.json`, `composer.lock`", look=composer.look),
    Kind(name="Web CMS", reads="version files of WordPress, Drupal, Joomla and their extensions", look=cms.look),
    Kind(name="Not judged yet", reads="lock files of yarn and pnpm: counted", look=unjudged.look),
)
"""What every folder is asked. programs.look gives the crates of Rust programs too: a program is opened once."""

"""What to do about a vulnerability, in words with the command that does it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hostward.domain.advisory import Match
from hostward.domain.package import Restart
from hostward.domain.upgrade_command import upgrade_command
from hostward.domain.versions.table import family_of

UNITS_SHOWN: Final = 3
"""Units named in what is to be done; more are counted."""

_KERNEL = re.compile(r"linux(?:-image)?(?:-|$)|kernel(?:-|$)")
_EVERYWHERE = re.compile(r"(?:libc6|libc-bin|glibc|musl|systemd|dbus|libsystemd0)(?:-|$)")
_INSIDE = "://"
"""In the place of what lies in a container, an image or another root ("docker://web/usr/lib")."""
_ROOTS = "root://"


def place_of(path: bytes) -> str:
    """Where a package lies that is not the machine's own ("docker://web", with the path of a language package).

    "" for the machine's own. path: a Package's.
    """
    text = path.decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else "?" for each in text) if _INSIDE in text else ""


def with_restarts(matches: Sequence[Match], restarts: Sequence[Restart]) -> Sequence[Match]:
    """The matches of the machine's own packages with what runs their old files, as the machine told it."""
    words = restart_words(restarts)
    if not words:
        return matches
    return [
        replace(match, restart=words[match.name]) if match.name in words and not match.path else match
        for match in matches
    ]


def restart_words(restarts: Sequence[Restart]) -> Mapping[str, str]:
    """What runs the old files of each package, as Match has it; packages of which nothing does are left out."""
    units: dict[str, list[str]] = {}
    for each in restarts:
        units.setdefault(each.package, []).append(each.unit)
    return {package: _to_start(sorted(set(names))) for package, names in units.items() if package}


def _to_start(units: Sequence[str]) -> str:
    if "" in units:
        return "reboot"
    more = f" and {len(units) - UNITS_SHOWN} more" if len(units) > UNITS_SHOWN else ""
    return f"restart {', '.join(units[:UNITS_SHOWN])}{more}"


def remedy(component: str, fixed: str, ecosystem: str = "", place: str = "", restart: str = "") -> str:
    """What to do; "" where no fix is known. place: see place_of. restart: see Match.

    What lies in a container is not upgraded on the host: its image is built anew.
    """
    if not fixed:
        return ""
    if place and not place.startswith(_ROOTS):
        return f"rebuild the image of {place} with {component} {fixed} or newer, for instance from a newer base image"
    if place:
        return f"upgrade {component} to {fixed} in {place}"
    command = upgrade_command(ecosystem, [component], fixed)
    return (
        f"upgrade {component} to {fixed}" + (f": {command}" if command else "") + _after(component, ecosystem, restart)
    )


def restart_hint(component: str, ecosystem: str, restart: str = "") -> str:
    """What must start again once a package is upgraded, in words; "" for nothing that the package alone tells.

    restart: what of the machine runs its old files, as Match has it.
    """
    return _after(component, ecosystem, restart).removeprefix("; then ")


def needs_restart(component: str, ecosystem: str) -> bool:
    """Whether a fix of this package alone changes nothing yet: the kernel, and what every program uses."""
    return bool(_after(component, ecosystem, ""))


def _after(component: str, ecosystem: str, restart: str) -> str:
    """What must start again before the fix is in effect, where the machine or the package alone tells."""
    if restart and restart != "reboot":
        return f"; then {restart}"
    family = family_of(ecosystem)
    if family is None or family.scheme not in ("dpkg", "rpm", "apk"):
        return ""
    if _KERNEL.match(component):
        return "; then reboot: the running kernel stays the old one until then"
    if _EVERYWHERE.match(component):
        return "; then reboot, or restart all services: every program uses it"
    return "; then reboot" if restart else ""

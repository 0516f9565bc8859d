"""What to do about a vulnerability, in words with the command that does it."""

import re

from hostward.domain.versions.table import family_of

_SAFE = re.compile(r"(?!-)[A-Za-z0-9@][A-Za-z0-9@/._+~:-]{0,200}")
"""Names and versions that a shell takes as they are; for others no command is shown: they come from hosts."""

_COMMANDS = {
    "dpkg": "apt-get update && apt-get install --only-upgrade {name}",
    "apk": "apk upgrade --update-cache {name}",
    "PyPI": "python3 -m pip install {name}=={version}",
    "npm": "npm install {name}@{version}",
    "Go": "go get {name}@v{version}",
    "crates.io": "cargo update --package {name} --precise {version}",
    "RubyGems": "gem install {name} --version {version}",
    "Packagist": "composer require {name}:^{version}",
}
_DNF, _ZYPPER = "dnf upgrade --refresh {name}", "zypper update {name}"
_OF_ZYPPER = frozenset({"SUSE", "openSUSE"})
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


def remedy(component: str, fixed: str, ecosystem: str = "", place: str = "") -> str:
    """What to do; "" where no fix is known. place: see place_of.

    What lies in a container is not upgraded on the host: its image is built anew.
    """
    if not fixed:
        return ""
    if place and not place.startswith(_ROOTS):
        return f"rebuild the image of {place} with {component} {fixed} or newer, for instance from a newer base image"
    if place:
        return f"upgrade {component} to {fixed} in {place}"
    command = _command(component, fixed, ecosystem)
    return f"upgrade {component} to {fixed}" + (f": {command}" if command else "") + _after(component, ecosystem)


def _command(component: str, fixed: str, ecosystem: str) -> str:
    name = ecosystem.partition(":")[0]
    family = family_of(ecosystem)
    if family is None or not _SAFE.fullmatch(component) or not _SAFE.fullmatch(fixed):
        return ""
    if family.scheme == "rpm":
        return (_ZYPPER if name in _OF_ZYPPER else _DNF).format(name=component)
    text = _COMMANDS.get(name) or _COMMANDS.get(family.scheme, "")
    return text.format(name=component, version=fixed.removeprefix("v") if name == "Go" else fixed)


def _after(component: str, ecosystem: str) -> str:
    """What must start again before the fix is in effect, where the package alone tells."""
    family = family_of(ecosystem)
    if family is None or family.scheme not in ("dpkg", "rpm", "apk"):
        return ""
    if _KERNEL.match(component):
        return "; then reboot: the running kernel stays the old one until then"
    return "; then reboot, or restart all services: every program uses it" if _EVERYWHERE.match(component) else ""

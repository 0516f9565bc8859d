"""The command that upgrades packages, by ecosystem: of some packages by name, and of all that one source is built into.

Names, versions and paths come from hosts and feeds: of those that a shell would read in another way no command is made.
"""

import re
from collections.abc import Sequence
from typing import Final

from hostward.domain.versions.table import family_of

_SAFE = re.compile(r"(?!-)[A-Za-z0-9@][A-Za-z0-9@/._+~:-]{0,200}")
"""Names and versions that a shell takes as they are."""
_SAFE_FOLDER = re.compile(r"/[A-Za-z0-9@/._+~-]{0,1000}")

_APT = "apt-get update && apt-get install {what}"
_APT_KERNELS: Final = "'?and(?installed,?name(^linux-image-))'"
"""The packages that bring the newest image: an image of another release has another name."""
_APT_BY_SOURCE = "--only-upgrade '?and(?installed,?source-package(^{source}$))'"
"""Patterns of apt 2.0 and newer (apt-patterns(7))."""
_RPM_BY_SOURCE = "$(rpm -qa --qf '%{{NAME}} %{{SOURCERPM}}\\n' | sed -n 's/ {source}-[^-]*-[^-]*$//p' | sort -u)"
_APK_BY_SOURCE = "$(apk list --installed --origin {source} | sed -n 's/-[^-]*-r[0-9]* .*//p')"
_LANGUAGES = {
    "PyPI": "{python} -m pip install {name}=={version}",
    "npm": "npm install{prefix} {name}@{version}",
    "Go": "go get {name}@v{version}",
    "crates.io": "cargo update --package {name} --precise {version}",
    "RubyGems": "gem install {name} --version {version}",
    "Packagist": "composer require {name}:^{version}",
}
_ZYPPER, _TDNF, _YUM, _DNF = (
    "zypper update {what}",
    "tdnf update {what}",
    "yum update {what}",
    "dnf upgrade --refresh {what}",
)
_RPM_TOOLS = {"SUSE": _ZYPPER, "openSUSE": _ZYPPER, "Photon OS": _TDNF, "Azure Linux": _TDNF}
_WITH_YUM = frozenset({"Amazon:2", "Oracle:6", "Oracle:7", "Red Hat:enterprise_linux:6", "Red Hat:enterprise_linux:7"})
"""Releases that come without dnf."""
_OTHER_WITH_YUM = re.compile(r"rpm:(?:centos|scientific):[67]")

_DPKG_IMAGE = re.compile(r"linux-(?:image|modules)(?:-extra|-unsigned)?-[0-9]")
_VENV = re.compile(r"(?P<folder>/.+)/lib(?:64)?/python[0-9.]+/site-packages/[^/]+(?:/[^/]+)?")
_SYSTEM_PYTHON = frozenset({"/usr", "/usr/local"})
_NODE = re.compile(r"(?P<folder>/.+?)/node_modules/(?:@[^/]+/)?[^/]+/package\.json")


def upgrade_command(ecosystem: str, names: Sequence[str], fixed: str, path: bytes = b"") -> str:
    """The command that upgrades these installed packages to a fixed version or a newer one; "" where none is known.

    path: where a language package lies. Of a distribution's packages the newest are installed, whatever fixed says.
    """
    family = family_of(ecosystem)
    if family is None or not names or not all(map(_SAFE.fullmatch, (*names, fixed))):
        return ""
    match family.scheme:
        case "dpkg":
            return _APT.format(what=_of_dpkg(names))
        case "rpm":
            return _rpm_tool(ecosystem).format(what=" ".join(names))
        case "apk":
            return f"apk upgrade --update-cache {' '.join(names)}"
        case _:
            return _of_language(family.name, names[0], fixed, path) if len(names) == 1 else ""


def source_upgrade_command(ecosystem: str, source: str, fixed: str) -> str:
    """The command that upgrades whatever is installed of a source package; "" where none is known."""
    family = family_of(ecosystem)
    if family is None or not _SAFE.fullmatch(source) or not _SAFE.fullmatch(fixed):
        return ""
    match family.scheme:
        case "dpkg":
            kernel = f"--only-upgrade {_APT_KERNELS}"
            return _APT.format(what=kernel if source == "linux" else _APT_BY_SOURCE.format(source=_pattern(source)))
        case "rpm":
            return _rpm_tool(ecosystem).format(what=_RPM_BY_SOURCE.format(source=_pattern(source).replace("/", r"\/")))
        case "apk":
            return f"apk upgrade --update-cache {_APK_BY_SOURCE.format(source=source)}"
        case _:
            return _of_language(family.name, source, fixed, b"")


def _of_dpkg(names: Sequence[str]) -> str:
    """An image of the kernel is replaced by one with another name, which the package of its kind brings."""
    others = [name for name in names if not _DPKG_IMAGE.match(name)]
    kernel = [_APT_KERNELS] if len(others) < len(names) else []
    return " ".join(["--only-upgrade", *others, *kernel])


def _of_language(family: str, name: str, version: str, path: bytes) -> str:
    text = _LANGUAGES.get(family, "")
    number = version.removeprefix("v") if family == "Go" else version
    return text.format(name=name, version=number, python=_python(path), prefix=_prefix(path))


def _python(path: bytes) -> str:
    """The interpreter whose packages these are: a virtual environment has one of its own."""
    folder = _folder(_VENV, path)
    return f"{folder}/bin/python3" if folder and folder not in _SYSTEM_PYTHON else "python3"


def _prefix(path: bytes) -> str:
    folder = _folder(_NODE, path)
    return f" --prefix {folder}" if folder else ""


def _folder(kind: re.Pattern[str], path: bytes) -> str:
    found = kind.fullmatch(path.decode("utf-8", "replace"))
    return found["folder"] if found is not None and _SAFE_FOLDER.fullmatch(found["folder"]) else ""


def _rpm_tool(ecosystem: str) -> str:
    if ecosystem in _WITH_YUM or _OTHER_WITH_YUM.match(ecosystem):
        return _YUM
    return _RPM_TOOLS.get(ecosystem.partition(":")[0], _DNF)


def _pattern(name: str) -> str:
    """The name as a regular expression that means it alone, in the few letters that names are made of."""
    return re.sub(r"([.+])", r"[\1]", name)

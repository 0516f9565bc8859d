"""Does the machine run the kernel that is installed? Told by uname, the packages, and the distribution's own marks.

Sources: proc(5) (/proc/version: Debian writes the package's version there), Debian's and Ubuntu's
/run/reboot-required with its list of packages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hostward.domain.errors import InvalidValue
from hostward.domain.matching import is_release, kernel_release
from hostward.domain.package import Package, Restart
from hostward.domain.versions.table import family_of, key_for
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.rootfs import Root

MARK, MARK_PACKAGES = "run/reboot-required", "run/reboot-required.pkgs"
MAX_MARK_BYTES = 64 << 10
MARKED = "the distribution says so"
MAX_MARKED = 50
"""Packages of the mark that are named."""

VERSION = "version"
_RELEASE = re.compile(r"[0-9][0-9.]*(?:-[0-9][^-]*)?-")
_BUILT = re.compile(r" Debian ([0-9][!-'*-~]*) \(")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Image:
    release: str
    flavour: str
    package: Package
    key: bytes


def reboots(root: Root, packages: Sequence[Package], running: str, built: str = "") -> Iterator[Restart]:
    """Why the machine needs a reboot, one a package.

    running: uname's release; built: the text of /proc/version. A kernel that no package of its flavour stands for (a
    container's host, a kernel of the machine's own) is not judged.
    """
    told = list(_of_kernel(packages, running, built))
    yield from told
    named = {each.package for each in told}
    yield from (each for each in _marked(root) if each.package not in named)


def built(proc: Path) -> str:
    """The running kernel's own words about its build, "" when they can't be read."""
    try:
        with (proc / VERSION).open("rb") as file:
            return file.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def _of_kernel(packages: Sequence[Package], running: str, built: str) -> Iterator[Restart]:
    if not running:
        return
    images = list(_images(packages))
    own = [each for each in images if is_release(each.release, running)]
    flavour = own[0].flavour if own else _RELEASE.sub("", running, count=1)
    others = [each for each in images if each.flavour == flavour]
    if not others:
        return
    newest = max(others, key=lambda each: each.key)
    if not own:
        yield _reboot(newest, f"{running} runs and is not installed any more; {newest.release} is")
    elif newest.key > max(each.key for each in own):
        yield _reboot(newest, f"{newest.release} is installed and {running} runs")
    elif (older := _BUILT.search(built)) and _is_older(older[1], own[0]):
        yield _reboot(own[0], f"{own[0].package.version} is installed and {older[1]} runs")


def _reboot(image: _Image, reason: str) -> Restart:
    return Restart(unit="", package=image.package.name, reason=reason)


def _images(packages: Sequence[Package]) -> Iterator[_Image]:
    for package in packages:
        release = kernel_release(package)
        if not release or not release[0].isdigit():
            continue  # headers, tools, and names that only stand for the newest ("linux-image-amd64")
        try:
            key = key_for(package.ecosystem, package.version)
        except InvalidValue:
            continue
        if key is not None:
            yield _Image(release=release, flavour=_flavour(package, release), package=package, key=key)


def _flavour(package: Package, release: str) -> str:
    """What tells kernels of one machine apart: the end of Debian's release ("cloud-amd64"), else the package."""
    family = family_of(package.ecosystem)
    is_dpkg = family is not None and family.scheme == "dpkg"
    return _RELEASE.sub("", release, count=1) if is_dpkg else package.name


def _is_older(version: str, image: _Image) -> bool:
    try:
        key = key_for(image.package.ecosystem, version)
    except InvalidValue:
        return False
    return key is not None and key < image.key


def _marked(root: Root) -> Iterator[Restart]:
    """What the distribution's own mark says."""
    try:
        if rootfs.read(root, MARK, MAX_MARK_BYTES) is None:
            return
        listed = rootfs.read(root, MARK_PACKAGES, MAX_MARK_BYTES) or b""
    except rootfs.Unreadable:
        listed = b""
    names = dict.fromkeys(line.strip() for line in listed.decode("utf-8", "replace").splitlines())
    kept = [name for name in names if _NAME.fullmatch(name)][:MAX_MARKED]
    for name in kept or [""]:
        yield Restart(unit="", package=name, reason=MARKED)

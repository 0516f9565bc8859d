"""Wheels: which ones fit a host, fetched, checked and unpacked. The standard library alone (see this package).

pip is not needed: a wheel is chosen by its name (PEP 425, PEP 600), checked against its SHA-256, and unpacked.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import ssl
import sys
import time
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import OpenerDirector

LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""Names from before PEP 600, with the glibc they stand for."""

CHUNK = 1 << 16
TRIES = 3
SECONDS = 30
MAX_OFFER = 4 * 1024 * 1024

Wheel = Mapping[str, Any]
"""file, sha256, size."""

Score = tuple[tuple[int, int], tuple[int, ...]]

Offer = Mapping[str, Any]
"""What a server offers: server (its URL), ca (PEM or ""), token, version, packages (versions by name), wheels."""


class Failed(Exception):
    """What went wrong, and what can be done."""


class Host:
    """What wheels must fit: CPython's version, the machine and its C library."""

    def __init__(
        self, python: tuple[int, int] | None = None, machine: str = "", libc: tuple[int, ...] | None = None
    ) -> None:
        self.python = python or sys.version_info[:2]
        self.machine = machine or platform.machine()
        self.libc = libc if libc is not None else glibc()

    def __str__(self) -> str:
        libc = f"glibc {_dotted(self.libc)}" if self.libc else "no glibc"
        return f"CPython {_dotted(self.python)} on {self.machine} with {libc}"

    def score(self, file: str) -> Score | None:
        """How well a wheel fits, the best highest; None when it does not."""
        try:
            pythons, abis, platforms = file[: -len(".whl")].split("-")[-3:]
        except ValueError:
            return None
        fits = [
            (libc, age)
            for tag in pythons.split(".")
            for abi in abis.split(".")
            for where in platforms.split(".")
            if (age := self._code(tag, abi)) is not None and (libc := self._place(where)) is not None
        ]
        return max(((age, libc) for libc, age in fits), default=None)

    def _code(self, tag: str, abi: str) -> tuple[int, int] | None:
        found = re.fullmatch(r"(cp|py)(\d)(\d*)", tag)
        if not found or int(found[2]) != self.python[0]:
            return None
        minor = int(found[3] or 0)
        if found[1] == "cp" and abi == f"cp{self.python[0]}{self.python[1]}" and minor == self.python[1]:
            return (2, minor)
        if found[1] == "cp" and abi == "abi3" and minor <= self.python[1]:
            return (1, minor)
        return (0, minor) if abi == "none" and minor <= self.python[1] else None

    def _place(self, where: str) -> tuple[int, ...] | None:
        if where == "any":
            return (0, 0)
        name, _, rest = where.partition("_")
        if name in LEGACY:
            return LEGACY[name] if rest == self.machine and self.libc and LEGACY[name] <= self.libc else None
        found = re.fullmatch(r"manylinux_(\d+)_(\d+)_(.+)", where)
        if not found or found[3] != self.machine or not self.libc:
            return None
        needed = (int(found[1]), int(found[2]))
        return needed if needed <= self.libc else None


def glibc() -> tuple[int, ...]:
    """The version of the GNU C library as two numbers; () where there is another one."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        major, minor = version.split(".")[:2]
        return (int(major), int(minor)) if name == "glibc" else ()
    except (ValueError, OSError):
        return ()


def chosen(offer: Offer, host: Host) -> Sequence[Wheel]:
    """The wheels of an offer that this host needs, one a package. Raises Failed that names what is missing."""
    best: dict[str, tuple[Score, Wheel]] = {}
    for wheel in offer["wheels"]:
        score, name = host.score(wheel["file"]), project(wheel["file"].split("-")[0])
        if score is not None and name in offer["packages"] and (name not in best or score > best[name][0]):
            best[name] = (score, wheel)
    missing = [f"{name} {version}" for name, version in sorted(offer["packages"].items()) if name not in best]
    if missing:
        raise Failed(
            f"the server has no wheel of {', '.join(missing)} for {host}: run there: hostward agent wheels --python "
            f"{_dotted(host.python)} --arch {host.machine}"
        )
    return [best[name][1] for name in sorted(best)]


def project(name: str) -> str:
    """A project's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def opener(ca: str, proxy: str) -> OpenerDirector:
    """What fetches: TLS checked against this CA (PEM, "" for the system's), through a proxy ("" as the environment)."""
    context = ssl.create_default_context(cadata=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    https = urllib.request.HTTPSHandler(context=context)
    if proxy:
        return urllib.request.build_opener(https, urllib.request.ProxyHandler({"https": proxy}))
    return urllib.request.build_opener(https)


def fetch(web: OpenerDirector, url: str, path: Path, wheel: Wheel) -> None:
    """One wheel from the server, checked; tried again when the network fails. Raises Failed."""
    for left in reversed(range(TRIES)):
        try:
            _fetched(web, url, path, wheel)
            return
        except (OSError, HTTPException) as error:  # URLError is an OSError
            if not left:
                raise Failed(f"{url} can't be fetched: {error}") from error
            time.sleep(TRIES - left)


def _fetched(web: OpenerDirector, url: str, path: Path, wheel: Wheel) -> None:
    digest, got = hashlib.sha256(), 0
    with web.open(url, timeout=SECONDS) as answer, path.open("wb") as file:
        while got <= wheel["size"] and (chunk := answer.read(CHUNK)):
            digest.update(chunk)
            got += len(chunk)
            file.write(chunk)
    if got != wheel["size"] or digest.hexdigest() != wheel["sha256"]:
        raise Failed(f"{url} is not what the server announced: its SHA-256 differs; nothing was installed")


def unpack(wheel: Path, site: Path) -> None:
    """A wheel's files into a folder of packages. Raises Failed for a name that leads out of it."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            target = _target(wheel, entry.filename)
            if entry.is_dir() or target is None:
                continue
            path = site / target
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, path.open("wb") as file:
                shutil.copyfileobj(source, file)


def _target(wheel: Path, name: str) -> str | None:
    """Where a file of a wheel belongs; None for scripts and headers, which are not needed."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name:
        raise Failed(f"{wheel.name} holds a file called {name!r}: it is damaged")
    if not parts[0].endswith(".data"):
        return name
    # Code that is laid aside there belongs to the other code (binary distribution format).
    return "/".join(parts[2:]) if parts[1] in ("purelib", "platlib") else None


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def packages(web: OpenerDirector, server: str) -> Offer:
    """What a server has: version, packages and wheels of its release. Raises Failed."""
    url = f"{server}/i/packages"
    try:
        with web.open(url, timeout=SECONDS) as answer:
            offer = json.loads(answer.read(MAX_OFFER))
    except (OSError, HTTPException, ValueError) as error:
        raise Failed(f"{url} can't be read: {error}") from error
    if not isinstance(offer, dict) or not {"version", "packages", "wheels"} <= offer.keys():
        raise Failed(f"{url} is no offer of a Hostward server")
    return offer

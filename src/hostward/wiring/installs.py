"""How hosts reach this server and install an agent from it: the line that is pasted, and what the script is told."""

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from hostward import __version__
from hostward.agent.setup.wheels import project
from hostward.agent.wire import is_loopback
from hostward.settings import Address, Settings
from hostward.wiring.tls import WILDCARDS, Tls
from hostward.wiring.tls_authority import LOOPBACK_NAMES
from hostward.wiring.wheelhouse import FOLDER, Wheelhouse

PROGRAM: Final = ("host.py", "release.py", "unit.py", "wheels.py")
"""Files of hostward.agent.setup that the script carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installs:
    """usecases.install_ports.Installs and agentlink.installs.Shelf of a running server.

    own: where it listens, for hosts that are given no better address. tls: None for plain HTTP on loopback.
    """

    house: Wheelhouse
    own: str
    tls: Tls | None

    def server(self, origin: str = "") -> str:
        """Where hosts find the server: as whoever asks reached it, unless only this machine could."""
        host = urlsplit(origin).hostname or ""
        if not host or (is_loopback(host) and not is_loopback(urlsplit(self.own).hostname or "")):
            return self.own
        # Plain HTTP is spoken on loopback only: a name that came without TLS has a proxy in front that speaks it.
        return origin if is_loopback(host) else f"https://{urlsplit(origin).netloc}"

    def command(self, token: str, *, origin: str = "", options: str = "") -> str:
        """One line for a shell of the host, which curl accepts as it is."""
        server = self.server(origin)
        curl = ["curl", "-fsS"]
        if self._speaks_for(server):
            assert self.tls is not None
            shown = self.tls.live.shown
            # A private CA is unknown to the host. The key is checked nevertheless, and the script brings the CA along.
            curl = ["curl", "-fsSk" if shown.root or self.tls.folder else "-fsS", "--pinnedpubkey"]
            curl.append(f"sha256//{shown.pin}")
        return f"{shlex.join([*curl, f'{server}/i/{token}'])} | sudo sh{f' -s -- {options}' if options else ''}"

    async def missing(self) -> tuple[str, ...]:
        """Names of packages that no wheel is there of."""
        return await asyncio.to_thread(self._missing)

    def _missing(self) -> tuple[str, ...]:
        there = {project(wheel.file.split("-")[0]) for wheel in self.house.wheels()}
        return tuple(sorted(set(self.house.packages()) - there))

    def offer(self, scheme: str, host: str) -> Mapping[str, Any]:
        """What an installation is told by a server that was reached so."""
        server = self.server(f"{scheme}://{host}")
        return {
            "version": __version__,
            "server": server,
            "ca": self._ca() if scheme == "https" else "",
            "packages": self.house.packages(),
            "wheels": [
                {"file": wheel.file, "sha256": wheel.sha256, "size": wheel.size} for wheel in self.house.wheels()
            ],
        }

    def data(self, sha256: str, file: str) -> bytes | None:
        """A package."""
        return self.house.data(sha256, file)

    def program(self) -> Mapping[str, str]:
        """The files of the program that installs."""
        return _program()

    def _ca(self) -> str:
        """The private CA that hosts are to trust, "" where they know whom."""
        if self.tls is None:
            return ""
        return self.tls.ca_file.read_text(encoding="ascii") if self.tls.ca_file else self.tls.live.shown.root

    def _speaks_for(self, server: str) -> bool:
        """Whether it is this process whose certificate is shown there, and not a proxy's."""
        split = urlsplit(server)
        return self.tls is not None and split.scheme == "https" and split.port == urlsplit(self.own).port


def open_installs(settings: Settings, tls: Tls | None, bound: str, port: int) -> Installs:
    """For a server that listens there."""
    scheme = "http" if tls is None else "https"
    own = f"{scheme}://{Address(host=_reached(settings, tls, bound), port=port)}"
    return Installs(house=Wheelhouse(settings.data_dir / FOLDER), own=own, tls=tls)


def _reached(settings: Settings, tls: Tls | None, bound: str) -> str:
    """The name or address that other machines use: the one that is listened on, else one that has a certificate."""
    names = () if tls is None else tuple(sorted(tls.live.shown.names - set(LOOPBACK_NAMES)))
    if bound not in WILDCARDS:
        return bound
    fit = [name for name in (*settings.server_names, *names) if "*" not in name]
    return fit[0] if fit else ("::1" if ":" in bound else "127.0.0.1")


@cache
def _program() -> Mapping[str, str]:
    folder = files("hostward.agent.setup")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in PROGRAM}

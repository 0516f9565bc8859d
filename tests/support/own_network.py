"""Machines with addresses of their own: network namespaces that hang on one switch."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A network namespace. inside: what a command line begins with, to be run there."""

    name: str
    cable: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """See the class."""
        return ("ip", "netns", "exec", self.name)

    def unplug(self) -> None:
        """Cut it off: packets vanish, and no connection is told."""
        _ip("link", "set", self.cable, "down")

    def plug(self) -> None:
        """Join it again."""
        _ip("link", "set", self.cable, "up")


@contextmanager
def own_network(places: int) -> Iterator[tuple[str, list[Place]]]:
    """So many places, and the address by which they reach this machine."""
    number = os.getpid() % 250
    switch, subnet = f"hws{os.getpid() % 100_000}", f"10.231.{number}"
    with ExitStack() as ends:
        _ip("link", "add", switch, "type", "bridge")
        ends.callback(_ip, "link", "delete", switch)
        _ip("address", "add", f"{subnet}.1/24", "dev", switch)
        _ip("link", "set", switch, "up")
        yield f"{subnet}.1", [_place(ends, switch, subnet, one) for one in range(places)]


def _place(ends: ExitStack, switch: str, subnet: str, number: int) -> Place:
    name, cable = f"{switch}-{number}", f"{switch[:11]}c{number}"
    place = Place(name, cable, f"{subnet}.{number + 2}")
    _ip("netns", "add", name)
    ends.callback(_ip, "netns", "delete", name)
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", cable, "master", switch, "up")
    _ip("-n", name, "address", "add", f"{place.address}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")
    _ip("-n", name, "link", "set", "lo", "up")
    return place


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)

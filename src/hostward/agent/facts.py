"""What the agent says of its machine. Read natively: nothing is run, and nothing but small files is opened."""

import ctypes
import hashlib
import ipaddress
import os
import re
import socket
from collections.abc import Iterator

from hostward import __version__
from hostward.protocol.hello import Facts

MAX_FILE = 64 * 1024
"""Bytes read of an os-release or machine-id; real ones have a few hundred."""

MAX_ADDRESSES = 64
"""Addresses told; a server keeps as many (a host of containers may have thousands)."""

MACHINE_ID_FILES = ("/etc/machine-id", "/var/lib/dbus/machine-id")
ROUTES = "/proc/net/route"
BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id"
OS_RELEASE_FILES = ("/etc/os-release", "/usr/lib/os-release")
"""Source: os-release(5), machine-id(5), random(4)."""

PRETTY_NAME = re.compile(rb"""^PRETTY_NAME=(["']?)(.*?)\1\s*$""", re.MULTILINE)


def read_facts() -> Facts:
    """The machine as it is now."""
    return Facts(
        host_name=socket.gethostname(),
        addresses=addresses(),
        os_name=os_name(*OS_RELEASE_FILES),
        agent_version=__version__,
        machine_id=machine_id(*MACHINE_ID_FILES),
    )


def machine_id(*files: str) -> str:
    """The machine-id, hashed (machine-id(5) asks not to send it as it is); "" when the machine has none."""
    for file in files:
        if text := _small(file).strip():
            return hashlib.sha256(b"hostward-machine-1\n" + text).hexdigest()
    return ""


def boot_id(file: str = BOOT_ID_FILE) -> str:
    """The kernel's id of this boot, "" when it has none."""
    return _small(file).decode("ascii", "replace").strip()


def os_name(*files: str) -> str:
    """PRETTY_NAME of the first os-release there is, "Linux" without one."""
    for file in files:
        found = PRETTY_NAME.search(_small(file))
        if found:
            return re.sub(rb"\\(.)", rb"\1", found[2]).decode("utf-8", "replace")
    return "Linux"


def addresses(routes: str = ROUTES) -> list[str]:
    """IPv4 and IPv6 addresses of this machine: those towards the network first, no loopback."""
    outward = outward_interface(_small(routes))
    found = [(name != outward, ":" in address, address) for name, address in _interfaces() if _is_told(address)]
    return list(dict.fromkeys(address for _, _, address in sorted(found, key=lambda one: one[:2])))[:MAX_ADDRESSES]


def outward_interface(routes: bytes) -> str:
    """The interface of the best default route, "" when there is none. Source: proc(5), /proc/net/route."""
    best: tuple[int, str] | None = None
    for line in routes.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 8 or fields[1] != b"00000000" or fields[7] != b"00000000" or not fields[6].isdigit():
            continue
        route = (int(fields[6]), fields[0].decode("ascii", "replace"))
        best = min(best or route, route)
    return best[1] if best else ""


def _is_told(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


class _Interface(ctypes.Structure):
    """struct ifaddrs of getifaddrs(3), as far as it is read."""


_Interface._fields_ = [  # a structure that names itself is completed after its class
    ("next", ctypes.POINTER(_Interface)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.c_void_p),
]


def _interfaces() -> Iterator[tuple[str, str]]:
    """Names of interfaces and their addresses."""
    libc = ctypes.CDLL(None, use_errno=True)
    head = ctypes.POINTER(_Interface)()
    if libc.getifaddrs(ctypes.byref(head)) != 0:
        return
    try:
        entry = head
        while entry:
            text = _address(entry.contents.address)
            if text:
                yield (entry.contents.name or b"").decode("ascii", "replace"), text
            entry = entry.contents.next
    finally:
        libc.freeifaddrs(head)


def _address(sockaddr: int | None) -> str:
    """The address in a struct sockaddr, "" for families other than IPv4 and IPv6. Source: ip(7), ipv6(7)."""
    if not sockaddr:
        return ""
    family = ctypes.c_ushort.from_address(sockaddr).value
    match family:
        case socket.AF_INET:
            return socket.inet_ntop(family, ctypes.string_at(sockaddr + 4, 4))
        case socket.AF_INET6:
            return socket.inet_ntop(family, ctypes.string_at(sockaddr + 8, 16))
        case _:
            return ""


def _small(file: str) -> bytes:
    """The start of a small file, b"" when it can't be read."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(fd, MAX_FILE)
    except OSError:
        return b""
    finally:
        os.close(fd)

"""What people write for a setting, turned into the value that the program uses."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hostward.domain.errors import InvalidValue
from hostward.domain.schedule import Window
from hostward.settings.table import MAX_NAMES, Setting, Type, Value

HIDDEN: Final = "[hidden]"
NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,126}", re.ASCII)
"""A host name in small letters (RFC 1123; names with an underscore are in use all the same)."""

MAX_NAME: Final = 253
"""Characters of a host name (RFC 1035)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens; host is a name or an IP address without brackets, port 0 picks a free one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        """HOST:PORT, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parsed(setting: Setting, value: Value, source: str) -> object:
    """The value of a setting. Raises InvalidValue that names it, source and what is accepted."""
    try:
        return _PARSERS[setting.type](setting, value)
    except ValueError as error:
        raise unusable(setting, value, source) from error


def host_name(text: str) -> str:
    """A host name in small letters, or an address in its usual form without brackets. Raises ValueError."""
    name = text.strip().lower().removesuffix(".")
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        is_number = name.rpartition(".")[2].isdigit()  # "0" and "127.1" are addresses to some programs
        if NAME.fullmatch(name) and len(name) <= MAX_NAME and not is_number:
            return name
        raise ValueError(f"{text!r} is no host name") from None


def unusable(setting: Setting, value: object, source: str) -> InvalidValue:
    """The error for a value that a setting does not accept; a secret one is not repeated."""
    shown = HIDDEN if setting.secret else repr(value)
    return InvalidValue(f"{setting.name} = {shown} ({source}) can't be used: expected {setting.accepted}")


def _integer(setting: Setting, value: Value) -> int:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("not a whole number")
    number = int(value)
    if not setting.minimum <= number <= setting.maximum:
        raise ValueError("out of range")
    return number


def _text(_setting: Setting, value: Value) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a text")
    return value


def _choice(setting: Setting, value: Value) -> str:
    if not isinstance(value, str) or value not in setting.choices:
        raise ValueError("not one of the choices")
    return value


def _zone(setting: Setting, value: Value) -> tzinfo:
    name = _text(setting, value)
    if name == "UTC":
        return UTC  # also where no zone data is installed
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:  # a folder of zones is an OSError
        raise ValueError("no such zone") from error


def _address(setting: Setting, value: Value) -> Address:
    host, colon, port = _text(setting, value).rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = str(ipaddress.IPv6Address(host[1:-1]))
    elif ":" in host:
        raise ValueError("an IPv6 address needs brackets")
    else:
        host = host_name(host)
    if not (host and colon and port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise ValueError("not HOST:PORT")
    return Address(host=host, port=int(port))


def _hours(setting: Setting, value: Value) -> Window | None:
    text = _text(setting, value).strip()
    if not text:
        return None
    start, _, end = text.partition("-")
    try:
        first, last = (datetime.strptime(each.strip(), "%H:%M").time() for each in (start, end))  # noqa: DTZ007  # a time of any day
        return Window(start=first, end=last)
    except InvalidValue as error:  # of no length
        raise ValueError(str(error)) from error


def _names(setting: Setting, value: Value) -> tuple[str, ...]:
    names = tuple(host_name(name) for name in _text(setting, value).split(",") if name.strip())
    if len(names) > MAX_NAMES:
        raise ValueError("too many names")
    return names


def _networks(setting: Setting, value: Value) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    networks = tuple(ipaddress.ip_network(text.strip()) for text in _text(setting, value).split(",") if text.strip())
    if len(networks) > MAX_NAMES:
        raise ValueError("too many networks")
    return networks


_PARSERS: Final[Mapping[Type, Callable[[Setting, Value], object]]] = {
    "address": _address,
    "choice": _choice,
    "folder": _text,
    "hours": _hours,
    "integer": _integer,
    "names": _names,
    "networks": _networks,
    "text": _text,
    "zone": _zone,
}

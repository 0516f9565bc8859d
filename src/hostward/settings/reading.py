"""Finding the value of each setting.

The first of these that names a setting gives its value: the command line, the environment (HOSTWARD_*), the file
DIR/hostward.toml, the default. Values are read once, when a process starts. A name nobody knows and a value nobody can
use are errors that say where they stand and what is accepted.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Final, Literal

from hostward.domain.errors import InvalidValue
from hostward.domain.schedule import Window
from hostward.settings.table import PREFIX, SETTINGS, Setting, Value
from hostward.settings.values import HIDDEN, Address, parsed, unusable

FILE: Final = "hostward.toml"
OUTSIDE: Final = "HOSTWARD_TEST_"
"""Names of the environment that belong to the project's own tests, not to a server."""
MAX_FILE_BYTES: Final = 1024 * 1024
"""A settings file has a few lines; what is larger is some other file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values in force; sources says, for each name of SETTINGS, where its value came from."""

    data_dir: Path
    listen: Address
    tls_cert: str
    tls_key: str
    server_names: tuple[str, ...]
    database_url: str
    api_time_zone: tzinfo
    api_left_time_unit: Literal["seconds", "minutes"]
    api_rate_per_second: int
    api_trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    valkey_url: str
    scan_default_timeout_seconds: int
    scan_window: Window | None
    scan_ramp_seconds: int
    scan_cpu_percent: int
    scan_memory_mib: int
    scan_io_mib: int
    scan_offline: Literal["queue", "fail"]
    agent_poll_hold_seconds: int
    agent_heartbeat_seconds: int
    agent_forget_after_days: int
    retention_tasks_days: int
    metrics_token_file: str
    notifications_allow_private: tuple[IPv4Network | IPv6Network, ...]
    feeds_update_hours: int
    feeds_names: str
    feeds_mirror: str
    feeds_trusted_keys: str
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["console", "json"]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting and its value in force, in words: for doctor."""

    setting: Setting
    value: str
    source: str


def read(
    environ: Mapping[str, str] | None = None, *, command_line: Mapping[str, Value | None] | None = None
) -> Settings:
    """The settings in force.

    environ: the process's own when None. command_line: by name of the setting, None for what was not given.
    Raises InvalidValue for an unknown name, an unusable value or an unreadable file.
    """
    env = os.environ if environ is None else environ
    written = {setting.name: (setting.default, "default") for setting in SETTINGS}
    above = {**_from_environment(env), **_from_command_line(command_line or {})}
    data_dir = _data_dir(*above.get("data_dir", written["data_dir"]), env)
    written |= {**_from_file(data_dir / FILE), **above}
    values: dict[str, Any] = {s.attribute: parsed(s, *written[s.name]) for s in SETTINGS}
    values["data_dir"] = data_dir
    return Settings(**values, sources={name: source for name, (_, source) in written.items()})


def described(settings: Settings) -> tuple[Described, ...]:
    """Each setting with its value and source, in the order of the table; secret values are hidden."""
    return tuple(
        Described(setting=setting, value=_shown(setting, settings), source=settings.sources[setting.name])
        for setting in SETTINGS
    )


def _from_command_line(given: Mapping[str, Value | None]) -> dict[str, tuple[Value, str]]:
    source = "command line"
    return {_known(name, source).name: (value, source) for name, value in given.items() if value is not None}


def _from_environment(env: Mapping[str, str]) -> dict[str, tuple[Value, str]]:
    by_variable = {setting.variable: setting for setting in SETTINGS}
    found: dict[str, tuple[Value, str]] = {}
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or variable.startswith(OUTSIDE):
            continue
        if variable not in by_variable:
            raise _unknown(variable, "environment", tuple(by_variable))
        found[by_variable[variable].name] = (env[variable], f"environment {variable}")
    return found


def _from_file(path: Path) -> dict[str, tuple[Value, str]]:
    """The settings that the file names; none when there is no file."""
    source = f"file {path}"
    found: dict[str, tuple[Value, str]] = {}
    for name, value in _flat(_table(path)):
        setting = _known(name, source)
        if not setting.in_file:
            raise InvalidValue(
                f"{name} can't be set in the {source}, which is found through it: use {setting.variable}"
            )
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise unusable(setting, value, source)
        found[setting.name] = (value, source)
    return found


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InvalidValue(f"{path} can't be read ({error.strerror}): see its access rights and its folder") from error
    if len(text) > MAX_FILE_BYTES:
        raise InvalidValue(f"{path} is larger than {MAX_FILE_BYTES:,} bytes: this is no settings file")
    try:
        return tomllib.loads(text.decode())
    except (ValueError, RecursionError) as error:  # broken TOML, broken UTF-8, endless numbers, endless nesting
        raise InvalidValue(f"{path} is not valid TOML: {error}") from error


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """Names and values of a TOML table, one level deep: {"api": {"time_zone": "UTC"}} gives "api.time_zone"."""
    for key, value in table.items():
        if isinstance(value, dict) and not above:
            yield from _flat(value, f"{key}.")
        else:
            yield f"{above}{key}", value


def _known(name: str, source: str) -> Setting:
    for setting in SETTINGS:
        if setting.name == name:
            return setting
    raise _unknown(name, source, tuple(setting.name for setting in SETTINGS))


def _unknown(name: str, source: str, known: tuple[str, ...]) -> InvalidValue:
    return InvalidValue(f"{name!r} ({source}) is no setting: known are {', '.join(sorted(known))}")


def _data_dir(value: Value, source: str, env: Mapping[str, str]) -> Path:
    """The data directory, absolute. Raises InvalidValue when none is named and the user has no home."""
    if not isinstance(value, str) or "\0" in value:
        raise InvalidValue(f"data_dir = {value!r} ({source}) can't be used: expected a path")
    if value:
        return Path(value).absolute()
    for variable, below in (("XDG_DATA_HOME", "hostward"), ("HOME", ".local/share/hostward")):
        base = Path(env.get(variable, ""))
        if base.is_absolute():  # the XDG base directory specification says to ignore relative ones
            return base / below
    raise InvalidValue("no data directory: there is no HOME to put it in; name one with HOSTWARD_DATA_DIR or --data")


def _shown(setting: Setting, settings: Settings) -> str:
    value = getattr(settings, setting.attribute)
    if setting.secret and value:
        return HIDDEN
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

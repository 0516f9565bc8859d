"""Every setting in one typed table; docs/reference/settings.md is written from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hostward.domain.caps import LEAST_MEMORY_MIB, MOST_IO_MIB, MOST_MEMORY_MIB
from hostward.domain.host_scan import LEASE
from hostward.domain.machine import OFFLINE_AFTER
from hostward.domain.task import DEFAULT_TIMEOUT, HEARTBEAT, MAX_TIMEOUT

PREFIX: Final = "HOSTWARD_"

Type = Literal["address", "choice", "folder", "hours", "integer", "names", "networks", "text", "zone"]
Value = str | int

MAX_NAMES: Final = 16
"""Names of one server: each costs a wrongly signed request one more comparison (about 7 microseconds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    default and values in sources are as a person writes them; unit is "" for what has none; minimum and maximum bound
    an integer (both inclusive); choices are the words a choice accepts; secret values are never shown; in_file is
    False for what must be known before the file is found.
    """

    name: str
    type: Type
    default: Value
    doc: str
    unit: str = ""
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()
    secret: bool = False
    in_file: bool = True

    @property
    def variable(self) -> str:
        """Its name in the environment: "api.time_zone" is HOSTWARD_API_TIME_ZONE."""
        return PREFIX + self.attribute.upper()

    @property
    def attribute(self) -> str:
        """Its name in Settings: "api.time_zone" is api_time_zone."""
        return self.name.replace(".", "_")

    @property
    def accepted(self) -> str:
        """What it accepts, in words that follow "expected"."""
        return _ACCEPTED[self.type](self)


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        name="data_dir",
        type="folder",
        default="",
        in_file=False,
        doc="Where everything is kept: database, keys, feeds. Empty: hostward in the user's data folder "
        "(XDG_DATA_HOME, else ~/.local/share).",
    ),
    Setting(
        name="listen",
        type="address",
        default="127.0.0.1:8420",
        doc="Where API, console and agents are answered. Port 0 picks a free one. Other addresses than loopback need "
        "TLS: `hostward tls init`, or tls.cert and tls.key.",
    ),
    Setting(
        name="tls.cert",
        type="text",
        default="",
        doc="A certificate in PEM, with the chain up to its CA after it. It is read anew when the file changes. Empty: "
        "the server's own CA in data_dir/tls, if `hostward tls init` made one.",
    ),
    Setting(
        name="tls.key",
        type="text",
        default="",
        doc="The private key of tls.cert in PEM, without a passphrase, readable by its owner only.",
    ),
    Setting(
        name="server.names",
        type="names",
        default="",
        doc="Names this server is reached by beside loopback and those in its certificate, such as that of a proxy in "
        "front. The page answers to no others, and a request signed for one of them is good.",
    ),
    Setting(
        name="database.url",
        type="text",
        default="",
        secret=True,
        doc="A PostgreSQL database, as postgresql://USER:PASSWORD@HOST/NAME. Empty: SQLite inside data_dir.",
    ),
    Setting(
        name="api.time_zone",
        type="zone",
        default="UTC",
        doc="The zone of the times in API answers, which carry none themselves. One for all replicas.",
    ),
    Setting(
        name="api.left_time_unit",
        type="choice",
        default="seconds",
        choices=("seconds", "minutes"),
        doc="The unit of ScanLeftTime, for which the API's own documentation names none.",
    ),
    Setting(
        name="api.rate_per_second",
        type="integer",
        default=20,
        minimum=1,
        maximum=1000,
        unit="requests per second",
        doc="How many requests one user may send of one action in any second.",
    ),
    Setting(
        name="api.trusted_proxies",
        type="networks",
        default="",
        doc="Networks of the proxies in front, such as 127.0.0.1/32: of their requests the last address in "
        "X-Forwarded-For that is not one of theirs is taken for the source, in the request log, the audit log and "
        "where tries to sign in are counted. Empty: the source is whoever connects.",
    ),
    Setting(
        name="valkey.url",
        type="text",
        default="",
        secret=True,
        doc="A Valkey or Redis that all replicas share, as valkey://HOST:PORT/NUMBER (valkeys:// with TLS), so that "
        "api.rate_per_second holds for all of them together. Empty: each process counts by itself.",
    ),
    Setting(
        name="scan.default_timeout_seconds",
        type="integer",
        default=int(DEFAULT_TIMEOUT.total_seconds()),
        minimum=1,
        maximum=int(MAX_TIMEOUT.total_seconds()),
        unit="seconds",
        doc="How long one machine's scan may take when the request names no TimeoutPeriod.",
    ),
    Setting(
        name="scan.window",
        type="hours",
        default="",
        doc="The hours of the day, by api.time_zone, in which machines may scan, as 22:00-06:00. A scan that is asked "
        "for outside waits for the next, and what is not done at its end fails with FailType 4. It binds one-click "
        "scans too; a schedule with a window of its own keeps that. Empty: at any hour.",
    ),
    Setting(
        name="scan.ramp_seconds",
        type="integer",
        default=0,
        minimum=0,
        maximum=int(MAX_TIMEOUT.total_seconds()),
        unit="seconds",
        doc="Over how long the starts of one scan's machines are spread, evenly, so that what they share (storage, "
        "hypervisors, networks) is spared. It binds one-click scans too.",
    ),
    Setting(
        name="scan.cpu_percent",
        type="integer",
        default=100,
        minimum=1,
        maximum=100,
        unit="percent",
        doc="The share of a machine's processors that each scan may use, on every machine; what an agent is told by "
        "its own configuration counts when it is stricter. Scans always "
        "give way to other work; a share below 100 leaves the rest idle.",
    ),
    Setting(
        name="scan.memory_mib",
        type="integer",
        default=MOST_MEMORY_MIB,
        minimum=LEAST_MEMORY_MIB,
        maximum=MOST_MEMORY_MIB,
        unit="MiB",
        doc="How much data each scan may hold in memory, on every machine. What needs more fails with FailType 5 and "
        "says so. Where an agent's control group is delegated to it, all processes of a scan are held to it together; "
        "elsewhere each of them.",
    ),
    Setting(
        name="scan.io_mib",
        type="integer",
        default=0,
        minimum=0,
        maximum=MOST_IO_MIB,
        unit="MiB per second",
        doc="How much each scan may read from disks and write to them in a second, on every machine. Scans always use "
        "the disk's idle priority; a number above 0 leaves the rest idle. What is in the page cache already counts for "
        "nothing. 0: no cap.",
    ),
    Setting(
        name="scan.offline",
        type="choice",
        default="queue",
        choices=("queue", "fail"),
        doc="What becomes of machines that are offline when a scan begins: they wait as long as the scan's timeout is, "
        "or fail at once with FailType 3.",
    ),
    Setting(
        name="agent.poll_hold_seconds",
        type="integer",
        default=50,
        minimum=0,
        maximum=int(OFFLINE_AFTER.total_seconds() / 2.5),
        unit="seconds",
        doc="How long an idle agent's request is held open. Keep it below the idle timeout of proxies between them "
        "(often 60); 0 answers at once.",
    ),
    Setting(
        name="agent.heartbeat_seconds",
        type="integer",
        default=int(HEARTBEAT.total_seconds()),
        minimum=1,
        maximum=int(LEASE.total_seconds()) // 2 - 1,
        unit="seconds",
        doc="How often an agent speaks at least while it works. A lease outlasts two lost heartbeats.",
    ),
    Setting(
        name="agent.forget_after_days",
        type="integer",
        default=0,
        minimum=0,
        maximum=3650,
        unit="days",
        doc="Machines whose agent was not heard of for so long are removed, as `hostward machine rm` does. For fleets "
        "that grow and shrink by themselves. 0 keeps them.",
    ),
    Setting(
        name="retention.tasks_days",
        type="integer",
        default=730,
        minimum=0,
        maximum=36_500,
        unit="days",
        doc="Tasks that ended longer ago are removed, with what only they show. The newest task of each module and the "
        "newest results of each machine always stay. 0 keeps all. `hostward db prune --dry-run` counts them.",
    ),
    Setting(
        name="metrics.token_file",
        type="text",
        default="",
        doc="A file that holds the token which GET /metrics takes from other machines, as Authorization: Bearer TOKEN: "
        "16 characters or more, readable by its owner only. Empty: /metrics answers this machine alone.",
    ),
    Setting(
        name="notifications.allow_private",
        type="networks",
        default="",
        doc="Networks that webhooks may reach although they are not of the public internet, such as 10.1.2.0/24 or "
        "127.0.0.1/32. Empty: none, so that no webhook can be used to reach what stands beside the server.",
    ),
    Setting(
        name="feeds.update_hours",
        type="integer",
        default=0,
        minimum=0,
        maximum=24 * 30,
        unit="hours",
        doc="How often the server renews vulnerability feeds by itself, each for itself. 0: never; run `hostward feed "
        "update`, or bring bundles with `hostward feed import`.",
    ),
    Setting(
        name="feeds.names",
        type="text",
        default="",
        doc="Which feeds are renewed, parted by commas, as `hostward feed status` calls them; osv:PyPI is one, alpine "
        "stands for all that begin so. Empty: the usual ones.",
    ),
    Setting(
        name="feeds.mirror",
        type="text",
        default="",
        secret=True,
        doc="Where feeds are fetched in place of their publishers: a folder, or an http(s) URL, which may hold a user "
        "and a password. Files lie there as in the folder feeds of a data directory.",
    ),
    Setting(
        name="feeds.trusted_keys",
        type="text",
        default="",
        doc="Public keys, parted by commas, whose bundles `hostward feed import` takes, as `hostward feed export` "
        "prints them.",
    ),
    Setting(
        name="log.level",
        type="choice",
        default="info",
        choices=("debug", "info", "warning", "error"),
        doc="The least level of what is logged.",
    ),
    Setting(
        name="log.format",
        type="choice",
        default="console",
        choices=("console", "json"),
        doc="Lines for people, or one JSON object a line for a log collector.",
    ),
)


_ACCEPTED: Final[Mapping[Type, Callable[[Setting], str]]] = {
    "address": lambda _: "HOST:PORT such as 127.0.0.1:8420, an IPv6 address in brackets",
    "choice": lambda setting: " or ".join(setting.choices),
    "folder": lambda _: "the path of a folder",
    "hours": lambda _: "two times of the day as HH:MM-HH:MM, such as 22:00-06:00",
    "integer": lambda setting: f"a whole number from {setting.minimum:,} to {setting.maximum:,}",
    "names": lambda _: f"up to {MAX_NAMES} host names or addresses, parted by commas, without ports",
    "networks": lambda _: f"up to {MAX_NAMES} networks as ADDRESS/BITS, parted by commas",
    "text": lambda _: "a text",
    "zone": lambda _: "the IANA name of a time zone, such as UTC or Asia/Shanghai",
}

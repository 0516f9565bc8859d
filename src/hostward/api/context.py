"""What an action is given besides its request."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from hostward.api.exports import Exports
from hostward.api.hosts import origin_of
from hostward.api.http import Head
from hostward.api.texts import Language
from hostward.api.vul_info import VulInfo
from hostward.domain.account import User
from hostward.domain.caps import UNCAPPED, Caps
from hostward.domain.host_rules import FREE, HostRules
from hostward.domain.ids import AccountId
from hostward.domain.schedule import Window
from hostward.domain.task import DEFAULT_TIMEOUT, Hours
from hostward.domain.webhook_target import Network
from hostward.runtime.clock import Clock
from hostward.usecases.bill_ports import Bills
from hostward.usecases.feed_ports import FeedWork
from hostward.usecases.install_ports import Installs
from hostward.usecases.ports import Hub, Store
from hostward.usecases.records import ScanRequest
from hostward.usecases.scans.describe import TimesLeft
from hostward.usecases.scans.start import ruled
from hostward.usecases.session_ports import Passwords
from hostward.usecases.webhook_ports import Post

PUBLIC_HOSTS = (
    "cwp.tencentcloudapi.com",
    "cwp.intl.tencentcloudapi.com",
    "hostward.tencentcloudapi.com",
    "hostward.intl.tencentcloudapi.com",
)
"""Hosts that clients sign for when a gateway stands between them and their endpoint (apigw_endpoint of the SDKs)."""

RATE = 20
"""Requests a second, of one user to one action (the API page of DescribeScanTaskDetails)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """The operator's settings that concern the API.

    time_zone: of every time in an answer. left_time_unit: of ScanLeftTime. rate: requests a second, per user and
    action. host_aliases: names this server is also reached by. default_timeout: of one machine's scan.
    allow_private: networks that webhooks may reach though they are not public. rules: of all scans that are asked for.
    caps: of every scan, where accounts set no limits of their own.
    """

    time_zone: tzinfo = field(default=UTC)
    left_time_unit: Literal["seconds", "minutes"] = "seconds"
    rate: int = RATE
    host_aliases: tuple[str, ...] = PUBLIC_HOSTS
    default_timeout: timedelta = DEFAULT_TIMEOUT
    allow_private: tuple[Network, ...] = ()
    rules: HostRules = FREE
    caps: Caps = UNCAPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who asks, in which language, when, and what an answer is made from.

    store: as far as the user may see it. secret_id: the key that was used, "" for none. exports: None where none are
    kept. head: of the request. session: the id of the console session that asks, "" for none. passwords: hashes them.
    post: sends to webhooks, None where nothing is sent. installs: None where no agents are installed from.
    feeds: renews feeds, None where nothing is renewed. bills: reads bills of materials, None where none are read.
    """

    account: AccountId
    user: User
    language: Language
    now: datetime
    request_id: str
    store: Store
    hub: Hub
    settings: ApiSettings
    clock: Clock
    vul_info: VulInfo
    times_left: TimesLeft = field(default_factory=TimesLeft)
    secret_id: str = ""
    exports: Exports | None = None
    head: Head | None = None
    session: str = ""
    passwords: Passwords | None = None
    post: Post | None = None
    installs: Installs | None = None
    feeds: FeedWork | None = None
    bills: Bills | None = None

    def ruled(self, scan: ScanRequest) -> ScanRequest:
        """The scan as the operator's rules let it be."""
        return ruled(scan, self.settings.rules, self.now, self.settings.time_zone)

    def hours(self, asked: Window | None = None) -> Hours:
        """When machines of a scan that is asked for now may work; asked: hours that the request names."""
        return self.settings.rules.hours(self.now, self.settings.time_zone, asked)

    @property
    def origin(self) -> str:
        """Scheme and host that the caller reached, for links; "" when that can't be told."""
        return "" if self.head is None else origin_of(self.head.text(b"host"), self.head.scheme)

"""The API for whoever may read the data directory: the same actions, without a signature, as an administrator."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from hostward.api.action import HOSTWARD, VERSIONS
from hostward.api.authenticator import Caller
from hostward.api.call import Call
from hostward.api.context import ApiSettings
from hostward.api.gateway import Gateway
from hostward.api.http import Message, Request
from hostward.domain.account import Role, User
from hostward.domain.caps import Caps
from hostward.domain.errors import HostwardError
from hostward.domain.host_rules import HostRules
from hostward.domain.ids import AccountId, MachineId, UserId
from hostward.runtime.clock import Clock
from hostward.settings import Settings
from hostward.store.passwords import Passwords as Argon2
from hostward.usecases.feed_ports import FeedWork
from hostward.usecases.install_ports import Installs
from hostward.usecases.ports import Hub, Store
from hostward.usecases.session_ports import Passwords
from hostward.usecases.webhook_ports import Post
from hostward.wiring.webhook_post import WebhookPost

NOBODYS_ID: Final = UserId(0)
"""No stored user has it: what is done here is done by a user of the machine."""

SOURCE: Final = "cli"
"""What the audit log has in the place of an address."""

Answer = Mapping[str, Any]


class LocalApi:
    """Actions of the service hostward, called by a user of this machine."""

    def __init__(
        self, *, store: Store, hub: Hub, clock: Clock, settings: Settings, passwords: Passwords | None = None,
        post: Post | None = None, installs: Installs | None = None,
        feeds: FeedWork | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._hub = hub
        self._clock = clock
        self._settings = settings
        self._passwords = passwords or Argon2()
        self._installs = installs
        self._feeds = feeds
        self._post = post or WebhookPost(settings.notifications_allow_private)

    async def call(self, action: str, parameters: Mapping[str, object], *, by: str) -> Answer:
        """The Response to a call, an error too. by: who calls, as the audit log is to have it.

        Raises HostwardError when there is no account yet.
        """
        account = await self._store.read(lambda uow: uow.accounts.first())
        if account is None:
            raise HostwardError("there is no account yet: start the server once (hostward up)")
        gateway = Gateway(
            authenticators=(_Trusting(account, by),),
            store=self._store,
            hub=self._hub,
            clock=self._clock,
            settings=api_settings(self._settings),
            passwords=self._passwords,
            post=self._post,
            installs=self._installs,
            feeds=self._feeds,
        )
        answer = await _exchange(gateway, action, parameters, self._clock.now())
        await gateway.request_log.write()
        return answer


class NoHub:
    """Wakes nobody: where no server runs, no agent waits."""

    def wake(self, machines: Iterable[MachineId]) -> None:
        """See ports.Hub."""


class _Trusting:
    """Takes every request for one of a user of this machine."""

    def __init__(self, account: AccountId, by: str) -> None:
        self._caller = Caller(
            user=User(id=NOBODYS_ID, account=account, name=by, role=Role.ADMINISTRATOR), service=HOSTWARD
        )

    def recognises(self, request: Request, call: Call) -> bool:
        """See Authenticator.recognises."""
        return True

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """See Authenticator.authenticate."""
        return self._caller


def api_settings(settings: Settings) -> ApiSettings:
    """The operator's settings that concern the API."""
    return ApiSettings(
        time_zone=settings.api_time_zone,
        left_time_unit=settings.api_left_time_unit,
        rate=settings.api_rate_per_second,
        default_timeout=timedelta(seconds=settings.scan_default_timeout_seconds),
        allow_private=settings.notifications_allow_private,
        rules=rules_of(settings),
        caps=caps_of(settings),
    )


def rules_of(settings: Settings) -> HostRules:
    """What the operator lets scans do to hosts."""
    return HostRules(
        window=settings.scan_window,
        ramp=timedelta(seconds=settings.scan_ramp_seconds),
        queues=settings.scan_offline == "queue",
    )


def caps_of(settings: Settings) -> Caps:
    """What the operator lets a scan use of any machine."""
    return Caps(cpu_percent=settings.scan_cpu_percent, memory_mib=settings.scan_memory_mib, io_mib=settings.scan_io_mib)


async def _exchange(gateway: Gateway, action: str, parameters: Mapping[str, object], now: datetime) -> Answer:
    """One request to the gateway, which speaks ASGI."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(parameters).encode(), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"action": action, "version": VERSIONS[HOSTWARD], "timestamp": str(int(now.timestamp()))}
    headers = [(b"x-tc-" + name.encode(), value.encode("utf-8", "replace")) for name, value in named.items()]
    scope: Message = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json"), (b"authorization", b"local")],
        "client": (SOURCE, 0),
    }
    await gateway(scope, receive, send)
    answer: Answer = json.loads(sent[-1]["body"])["Response"]
    return answer

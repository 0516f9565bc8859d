"""The gateway on a bench: a fake store, a clock that a test turns, and a client that signs."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from api_contract import check_answer
from bill_readers import ReadHere
from export_bench import exports
from fake_store import FakeStore
from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from hostward.api.context import ApiSettings
from hostward.api.gateway import Gateway
from hostward.api.keys import KeyRing
from hostward.api.signatures import signatures
from hostward.domain.account import ApiKey, Role, User
from hostward.domain.ids import AccountId, MachineId, UserId
from hostward.domain.machine import Machine, MachineFacts
from tc3 import sign

BEGIN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOST = "127.0.0.1:8420"
SECRET_ID = "AKIDtest"
SECRET = "secret-of-the-test"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"
USER = User(id=UserId(1), account=AccountId(1), name="admin", role=Role.ADMINISTRATOR)
KEY = ApiKey(secret_id=SECRET_ID, secret=SECRET, user=USER, created=BEGIN)


@dataclass
class TurnedClock:
    """A clock that stands still until it is turned."""

    wall: datetime = BEGIN
    ticks: float = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def turn(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass
class HubLog:
    """A hub that remembers whom it woke."""

    woken: list[int] = field(default_factory=list)

    def wake(self, machines) -> None:
        self.woken.extend(machines)


@dataclass(frozen=True)
class Answer:
    """What came back over ASGI. body: parsed; response: the inside of its envelope."""

    status: int
    headers: dict[bytes, bytes]
    body: dict
    raw: bytes

    @property
    def response(self) -> dict:
        return self.body["Response"]

    @property
    def code(self) -> str:
        """The error code, "" when there is none."""
        return self.response.get("Error", {}).get("Code", "")

    @property
    def message(self) -> str:
        return self.response["Error"]["Message"]


def machine(number: int, *, account: int = 1) -> Machine:
    """A machine that was heard of just now."""
    facts = MachineFacts(
        host_name=f"host-{number}", addresses=("10.0.0.1",), wan_ip="", os_name="Debian GNU/Linux 12 (bookworm)",
        agent_version="0.1.0",
    )  # fmt: skip
    return Machine(
        id=MachineId(number), account=AccountId(account), quuid=f"q-{number}", uuid=f"u-{number}", facts=facts,
        last_seen=BEGIN,
    )  # fmt: skip


class ApiBench:
    """A gateway and everything around it."""

    def __init__(self, *, store=None, settings: ApiSettings | None = None, machines: int = 2, **gateway) -> None:
        self.clock = TurnedClock()
        self.hub = HubLog()
        self.store = store or FakeStore()
        if store is None:
            self.store.accounts.stored[SECRET_ID] = KEY
            self.store.machines.stored = [machine(number) for number in range(1, machines + 1)]
        self.settings = settings or ApiSettings(rate=1000)
        self.keys = KeyRing(self.store, self.clock)
        self.exports = exports()
        self.gateway = Gateway(
            authenticators=signatures(self.keys, host_aliases=self.settings.host_aliases),
            store=self.store, hub=self.hub, clock=self.clock, settings=self.settings,
            new_request_id=lambda: REQUEST_ID, exports=self.exports, **({"bills": ReadHere()} | gateway),
        )  # fmt: skip

    def set_key(self, **changes) -> None:
        """Change the key of the bench; changes of `user` too."""
        self.store.accounts.stored[SECRET_ID] = replace(KEY, **changes)

    def call(self, action: str, request: object = None, *, service: str = "cwp", **options) -> Answer:
        """Sign and send a request; a success is checked against the contract. See headers() for the options."""
        body = options.pop("body", None)
        if body is None:
            body = json.dumps({} if request is None else request).encode()
        query = options.pop("query", "")
        method = options.pop("method", "POST")
        headers = self.headers(action, body, service=service, query=query, **options)
        answer = self.send(body, headers, method=method, query=query)
        if service == "cwp" and not answer.code and action in {one.name for one in ACTIONS}:
            check_answer(action, answer.response)
        return answer

    def headers(
        self, action: str, body: bytes, *, service: str = "cwp", version: str | None = None, timestamp: object = None,
        host: str = HOST, signed_host: str | None = None, content_type: str = "application/json",
        secret_id: str = SECRET_ID, secret: str = SECRET, scope: str | None = None, extra: dict | None = None,
        drop: tuple[str, ...] = (), **signing,
    ) -> dict[str, str]:  # fmt: skip
        """The headers of a signed request. scope: the service signed for; extra, drop: changed after signing."""
        seconds = int(self.clock.wall.timestamp()) if timestamp is None else timestamp
        headers = {
            "host": host, "content-type": content_type, "x-tc-action": action,
            "x-tc-version": version or VERSIONS.get(service, "2018-02-28"), "x-tc-timestamp": str(seconds),
        }  # fmt: skip
        to_sign = headers | {"host": signed_host or host, "x-tc-action": action.lower()}
        headers["authorization"] = sign(
            secret_id=secret_id, secret=secret, headers=to_sign, body=body, service=scope or service,
            timestamp=seconds if isinstance(seconds, int) else 0, **signing,
        )  # fmt: skip
        headers |= extra or {}
        return {name: value for name, value in headers.items() if name not in drop}

    def send(
        self, body: bytes, headers: dict[str, str], *, method: str = "POST", query: str = "",
        chunks: list[bytes] | None = None,
    ) -> Answer:  # fmt: skip
        """One ASGI request, its body in one piece or in chunks."""
        sent = asyncio.run(self._exchange(chunks or [body], headers, method, query))
        raw = sent[1]["body"]
        return Answer(sent[0]["status"], dict(sent[0]["headers"]), json.loads(raw), raw)

    async def _exchange(self, chunks: list[bytes], headers: dict[str, str], method: str, query: str) -> list[dict]:
        left = [
            {"type": "http.request", "body": chunk, "more_body": number + 1 < len(chunks)}
            for number, chunk in enumerate(chunks)
        ]
        sent: list[dict] = []

        async def receive() -> dict:
            return left.pop(0) if left else {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": "/", "query_string": query.encode("latin-1"),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }  # fmt: skip
        await self.gateway(scope, receive, send)
        return sent

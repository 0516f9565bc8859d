"""A gateway over a memory store with accounts, users and keys, and clients of each of them."""

from dataclasses import dataclass

from api_bench import BEGIN, Answer, ApiBench
from hostward.api.context import ApiSettings
from hostward.domain.account import ApiKey, Role, User
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, VulOptions
from hostward.domain.task import Trigger
from hostward.store.memory import MemoryStore
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import start

OPTIONS = {Module.VUL: VulOptions(), Module.MALWARE: MalwareOptions(), Module.BASELINE: BaselineOptions()}
HOSTWARD = "hostward"


@dataclass(frozen=True)
class Client:
    """Someone who signs with a key."""

    bench: "AccountBench"
    secret_id: str
    secret: str
    token: str = ""

    def __call__(self, action: str, request: dict | None = None, *, service: str = HOSTWARD, **options) -> Answer:
        """One signed call; what was remembered of keys before it is forgotten."""
        self.bench.clock.turn(3)
        extra = {"x-tc-token": self.token} if self.token else {}
        return self.bench.api.call(
            action, request, service=service, secret_id=self.secret_id, secret=self.secret, extra=extra, **options
        )

    def ok(self, action: str, request: dict | None = None, **options) -> dict:
        """The response of a call that must succeed."""
        answer = self(action, request, **options)
        assert answer.code == "", answer.response
        return answer.response


class AccountBench:
    """Accounts on one gateway."""

    def __init__(self, **settings) -> None:
        self.store = MemoryStore()
        self.api = ApiBench(store=self.store, settings=ApiSettings(rate=1000, **settings))
        self.clock = self.api.clock
        self._enrolled = 0

    def account(self, name: str = "default") -> AccountId:
        """A new account."""
        return self.store.write_now(lambda uow: uow.accounts.add_account(name))

    def user(
        self, account: AccountId, name: str = "admin", role: Role = Role.ADMINISTRATOR, tags: tuple[str, ...] = ()
    ) -> User:
        """A new user."""
        return self.store.write_now(lambda uow: uow.accounts.add_user(account, name, role, tags))

    def client(
        self, account: AccountId, name: str = "admin", role: Role = Role.ADMINISTRATOR, tags: tuple[str, ...] = ()
    ) -> Client:
        """A new user with a key, called after them."""
        user = self.user(account, name, role, tags)
        key = ApiKey(secret_id=f"AKID{account}{name}", secret=f"secret of {name}", user=user, created=BEGIN)
        self.store.write_now(lambda uow: uow.accounts.add_key(key))
        return Client(self, key.secret_id, key.secret)

    def machine(self, account: AccountId, name: str, *tags: str, quuid: str = "") -> Machine:
        """A new machine that was heard of just now. quuid: "" for one made from its name."""
        self._enrolled += 1
        facts = MachineFacts(
            host_name=name, addresses=("10.0.0.1",), wan_ip="", os_name="Debian GNU/Linux 12 (bookworm)",
            agent_version="0.1.0",
        )  # fmt: skip

        def work(uow) -> Machine:
            machine = uow.machines.enrol(account, name.encode(), facts, quuid=quuid or f"q-{name}", uuid=f"u-{name}")
            uow.machines.seen(machine.id, self.clock.now())
            uow.machines.put_tags(machine.id, tags)
            return machine

        return self.store.write_now(work)

    def task(self, account: AccountId, *machines: Machine, module: Module = Module.VUL) -> TaskId:
        """A new task over these machines."""
        request = ScanRequest(
            options=OPTIONS[module], content=("1",),
            scope=Scope(everything=False, quuids=tuple(machine.quuid for machine in machines)),
            timeout=self.api.settings.default_timeout,
        )  # fmt: skip
        return self.store.write_now(
            lambda uow: start(
                uow, request=request, account=account, by="bench", trigger=Trigger.ONE_CLICK, now=self.clock.now()
            )
        ).task

    def entries(self, account: AccountId) -> list:
        """The account's audit entries, oldest first."""
        return self.store.read_now(lambda uow: list(uow.audit.entries(account)))

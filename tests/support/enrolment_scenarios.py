"""Tokens, machines that wait and one that is kept out, and the requests that show and change them."""

from datetime import timedelta

from account_bench import AccountBench
from account_scenarios import QUUIDS, staffed
from api_bench import BEGIN, ApiBench
from api_scenarios import Example
from hostward.domain.enrolment import Waiting
from hostward.domain.machine import MachineFacts
from hostward.usecases.machines.enrol import Offer, digest_of, make

SERVICE = "hostward"
ANY_TOKEN = "et-d036a716c864"


class FakeInstalls:
    """A server that hosts reach by the name that was asked for. lacking: packages that it has no wheels of."""

    def __init__(self, *lacking: str) -> None:
        self._lacking = lacking

    def command(self, token: str, *, origin: str = "", options: str = "") -> str:
        """See Installs.command."""
        return f"curl -fsSk --pinnedpubkey sha256//PIN= {self.server(origin)}/i/{token} | sudo sh"

    def server(self, origin: str = "") -> str:
        """See Installs.server."""
        return origin if origin.startswith("https:") else "https://scan.example:8420"

    async def missing(self) -> tuple[str, ...]:
        """See Installs.missing."""
        return self._lacking


def enrolling(api: ApiBench | None = None, *lacking: str) -> ApiBench:
    """Two tokens, one of which is used up; one machine waits to be let in, and one is kept out."""
    api = api or staffed()
    api.gateway._installs = FakeInstalls(*lacking)
    account = api.store.read_now(lambda uow: uow.accounts.first())

    def work(uow) -> None:
        first = Offer(uses=20, life=timedelta(days=7), tags=("env=prod",), needs_approval=True)
        make(uow, token="first", account=account, offer=first, by="admin", now=BEGIN - timedelta(hours=2))
        second = make(uow, token="second", account=account, offer=Offer(), by="admin", now=BEGIN)
        uow.enrolments.take(digest_of("second"), BEGIN)
        facts = MachineFacts(
            host_name="db-1", addresses=("10.0.0.7",), wan_ip="", os_name="Ubuntu 24.04 LTS", agent_version="0.1.0"
        )
        uow.enrolments.add_waiting(
            Waiting(
                id="mw-000000000001", account=account, token=second.id, public_key=b"k" * 32, facts=facts,
                tags=("env=prod",), quuid="00000000-0000-4000-8000-0000000000d1",
                uuid="00000000-0000-4000-8000-0000000000d2", since=BEGIN,
            )
        )  # fmt: skip
        machine = uow.machines.of_account(account)[1]
        uow.agents.quarantine(machine.id, BEGIN)

    api.store.write_now(work)
    return api


def bare() -> ApiBench:
    """As before, on a server that has no wheels for agents yet."""
    return enrolling(None, "msgspec", "yara-x")


def _example(name: str, action: str, request: dict | None = None, *, state=enrolling, **others) -> Example:
    return Example(name, state, action, request or {}, others.pop("service", SERVICE), others.pop("language", "en-US"))


WAITING = {"WaitingId": "mw-000000000001"}
COMMAND = {"IsCloud": False, "NetType": "basic"}
CWP = "cwp"
ENROLMENT_EXAMPLES = (
    _example("create_enrolment_token", "CreateEnrolmentToken",
             {"Uses": 20, "LifeSeconds": 604800, "Tags": ["env=prod"], "Approve": True}),
    _example("create_enrolment_token_without_wheels", "CreateEnrolmentToken", {"Image": True}, state=bare),
    _example("create_enrolment_token_wrong_server", "CreateEnrolmentToken", {"Server": "https://a b"}),
    _example("list_enrolment_tokens", "ListEnrolmentTokens"),
    _example("revoke_enrolment_token", "RevokeEnrolmentToken", {"TokenId": ANY_TOKEN}),
    _example("revoke_unknown_enrolment_token_zh", "RevokeEnrolmentToken", {"TokenId": "et-9"}, language="zh-CN"),
    _example("list_waiting_machines", "ListWaitingMachines"),
    _example("approve_machine", "ApproveMachine", WAITING),
    _example("approve_unknown_machine", "ApproveMachine", {"WaitingId": "mw-9"}),
    _example("reject_machine", "RejectMachine", WAITING),
    _example("release_machine", "ReleaseMachine", {"Quuid": QUUIDS[1]}),
    _example("remove_machine", "RemoveMachine", {"Quuid": QUUIDS[1]}),
    _example("list_machines_quarantined", "ListMachines", {"Query": "web-2"}),
    _example("delete_machine", "DeleteMachine", {"Uuid": "u-web-2"}, service=CWP),
    _example("delete_unknown_machine_zh", "DeleteMachine", {"Uuid": "nobody"}, service=CWP, language="zh-CN"),
    _example("agent_install_command", "DescribeAgentInstallCommand", COMMAND, service=CWP),
    _example("agent_install_command_until", "DescribeAgentInstallCommand",
             COMMAND | {"ExpireDate": "2026-12-31", "Vip": "10.1.2.3:8420"}, service=CWP),
    _example("agent_install_command_wrong_net", "DescribeAgentInstallCommand", COMMAND | {"NetType": "moon"},
             service=CWP),
    _example("agent_installation_token", "DescribeAgentInstallationToken", {"ExpireDate": "2026-12-31"}, service=CWP),
    _example("agent_installation_token_past", "DescribeAgentInstallationToken", {"ExpireDate": "2020-01-01"},
             service=CWP),
)  # fmt: skip


def bench() -> AccountBench:
    """A gateway whose agents can be installed, without anything in it."""
    made = AccountBench()
    made.api.gateway._installs = FakeInstalls()
    return made

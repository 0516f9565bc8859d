"""Which calls leave an entry in the audit log, and what it holds."""

import json

import pytest

from account_bench import AccountBench, Client
from api_bench import REQUEST_ID
from hostward.api.actions import ACTIONS
from hostward.api.auditing import DENIED_A_SECOND, MAX_READ
from hostward.domain.account import Role
from hostward.domain.audit import checked
from hostward.domain.ids import AccountId
from hostward.store.memory.audit import MemoryAudit


@pytest.fixture
def bench() -> AccountBench:
    """A gateway without accounts."""
    return AccountBench()


@pytest.fixture
def account(bench: AccountBench) -> AccountId:
    """An account."""
    return bench.account()


@pytest.fixture
def admin(bench: AccountBench, account: AccountId) -> Client:
    """Its administrator."""
    return bench.client(account)


def test_a_change_leaves_an_entry_with_all_about_it(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Who, what, when, from where, under which RequestId."""
    admin.ok("CreateUser", {"UserName": "ann", "Role": "operator"})
    (entry,) = bench.entries(account)
    deed = entry.deed
    assert (deed.user_name, deed.secret_id, deed.service, deed.action) == (
        "admin", admin.secret_id, "hostward", "CreateUser",
    )  # fmt: skip
    assert (deed.at, deed.request_id, deed.target, deed.outcome) == (
        bench.clock.now(), REQUEST_ID, "UserName ann", "",
    )  # fmt: skip
    assert json.loads(deed.parameters) == {"UserName": "ann", "Role": "operator", "Tags": []}


def test_the_source_is_the_address_of_the_connection(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Headers that a client writes itself are not believed."""
    body = b'{"UserName": "ann", "Role": "operator"}'
    headers = bench.api.headers(
        "CreateUser", body, service="hostward", secret_id=admin.secret_id, secret=admin.secret,
        extra={"x-forwarded-for": "6.6.6.6"},
    )  # fmt: skip
    gateway = bench.api.gateway

    async def with_client(scope, receive, send) -> None:
        await gateway(scope | {"client": ("192.0.2.7", 4711)}, receive, send)

    bench.api.gateway = with_client
    assert bench.api.send(body, headers).code == ""
    assert bench.entries(account)[0].deed.source == "192.0.2.7"


def test_a_started_scan_is_named_by_its_task(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Which its parameters do not have."""
    bench.machine(account, "web")
    task = admin.ok("ScanVul", {"VulLevels": "0", "HostType": 1}, service="cwp")["TaskId"]
    assert bench.entries(account)[0].deed.target == f"TaskId {task}"


@pytest.mark.parametrize(
    ("action", "service", "request_", "target"),
    [
        ("DeleteScanTask", "cwp", {"ModuleType": "Vul", "TaskId": 1}, "TaskId 1"),
        ("ScanTaskAgain", "cwp", {"ModuleType": "Vul", "TaskId": 1}, "TaskId 1"),
        ("DisableApiKey", "hostward", {"AccessKeyId": "AKIDnone"}, "AccessKeyId AKIDnone"),
        ("LockUser", "hostward", {"UserName": "tom"}, "UserName tom"),
        ("SetMachineTags", "hostward", {"QuuidList": ["q-1", "q-2"]}, "QuuidList q-1 and 1 more"),
    ],
)
def test_the_target_is_what_a_call_is_about(
    bench: AccountBench, account: AccountId, admin: Client, action: str, service: str, request_: dict, target: str
) -> None:
    """Done or refused."""
    bench.task(account, bench.machine(account, "web"))
    admin(action, request_, service=service)
    assert bench.entries(account)[-1].deed.target == target


def test_reading_leaves_no_entry(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Whether answered or refused."""
    for action in ACTIONS:
        if not action.changes:
            admin(action.name, {}, service=action.service)
            admin(action.name, {"No": 1}, service=action.service)
    assert bench.entries(account) == []


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.changes], ids=lambda action: action.name)
def test_every_changing_call_leaves_one_entry(bench: AccountBench, account: AccountId, admin: Client, action) -> None:
    """Also one that is refused for its parameters."""
    answer = admin(action.name, {"Bogus": 1}, service=action.service)
    (entry,) = bench.entries(account)
    assert (entry.deed.action, entry.deed.outcome) == (action.name, answer.code)
    assert answer.code == "UnknownParameter"


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.changes], ids=lambda action: action.name)
def test_every_denied_call_leaves_one_entry(bench: AccountBench, account: AccountId, action) -> None:
    """With the parameters that it was to have."""
    auditor = bench.client(account, "eve", Role.AUDITOR)
    answer = auditor(action.name, {"Bogus": 1}, service=action.service)
    (entry,) = bench.entries(account)
    assert (entry.deed.user_name, entry.deed.outcome) == ("eve", answer.code)
    assert json.loads(entry.deed.parameters) == {"Bogus": "[unknown]"}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"{", {"...": "unreadable"}),
        (b'{"UserName": 7, "SecretKey": "s3cr3t"}', {"UserName": 7, "SecretKey": "[redacted]"}),
        (b'{"UserName": "ann", "Motto": "s3cr3t"}', {"UserName": "ann", "Motto": "[unknown]"}),
        (b'{"UserName": "' + b"a" * MAX_READ + b'"}', {"...": f"{MAX_READ + 16} bytes"}),
    ],
    ids=["no JSON", "secret", "unknown", "too long"],
)
def test_what_was_sent_to_a_refused_call_is_kept_with_care(
    bench: AccountBench, account: AccountId, admin: Client, body: bytes, kept: dict
) -> None:
    """Nobody knows what is in a member that the action has not."""
    admin("CreateUser", None, body=body)
    assert json.loads(bench.entries(account)[0].deed.parameters) == kept


def test_a_change_and_its_entry_are_one(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """What could not be changed leaves the entry of its refusal alone, in its place."""
    admin.ok("CreateUser", {"UserName": "ann", "Role": "operator"})
    admin("CreateUser", {"UserName": "ann", "Role": "operator"})
    assert [(entry.number, entry.deed.outcome) for entry in bench.entries(account)] == [(1, ""), (2, "FailedOperation")]


def test_what_can_not_be_recorded_is_not_done(
    bench: AccountBench, account: AccountId, admin: Client, monkeypatch
) -> None:
    """A change without an entry would be worse than none."""

    def broken(self, deed) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(MemoryAudit, "append", broken)
    assert admin("CreateUser", {"UserName": "ann", "Role": "operator"}).code == "InternalError"
    assert admin.ok("ListUsers")["TotalCount"] == 1


def test_a_refusal_stands_when_its_entry_can_not_be_written(bench: AccountBench, admin: Client, monkeypatch) -> None:
    """The log says so."""
    monkeypatch.setattr(bench.store, "write", None)
    assert admin("CreateUser", {"No": 1}).code == "UnknownParameter"


def test_a_flood_of_denied_calls_fills_no_disk(bench: AccountBench, account: AccountId) -> None:
    """Each second some are kept, of each user and action."""
    auditor = bench.client(account, "eve", Role.AUDITOR)
    for _ in range(DENIED_A_SECOND + 30):
        bench.api.call("CreateUser", {}, service="hostward", secret_id=auditor.secret_id, secret=auditor.secret)
    bench.api.call("LockUser", {}, service="hostward", secret_id=auditor.secret_id, secret=auditor.secret)
    assert len(bench.entries(account)) == DENIED_A_SECOND + 1


def test_calls_beyond_the_rate_leave_no_entry(account: AccountId) -> None:
    """They are requests of the request log."""
    bench = AccountBench()
    slow = AccountBench()
    slow.api.gateway._admission = type(bench.api.gateway._admission)(_One())
    who = slow.account()
    admin = slow.client(who)
    codes = [
        slow.api.call("CreateUser", {"No": 1}, service="hostward", secret_id=admin.secret_id, secret=admin.secret).code
        for _ in range(2)
    ]
    assert (codes, len(slow.entries(who))) == (["UnknownParameter", "RequestLimitExceeded"], 1)


def test_a_call_of_nobody_leaves_no_entry(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """There is no account whose log it could be in."""
    codes = [
        Client(bench, "AKIDnobody", "x")("CreateUser", {}).code,
        Client(bench, admin.secret_id, "wrong")("CreateUser", {}).code,
    ]
    assert codes == ["AuthFailure.SecretIdNotFound", "AuthFailure.SignatureFailure"]
    assert bench.entries(account) == []


def test_entries_are_in_the_log_of_their_account(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """And are read there only."""
    other = bench.account("other")
    bench.client(other, "bob").ok("CreateUser", {"UserName": "tom", "Role": "auditor"})
    admin.ok("CreateUser", {"UserName": "ann", "Role": "operator"})
    listed = admin.ok("ListAuditEntries")
    assert ([one["Target"] for one in listed["Entries"]], listed["TotalCount"]) == (["UserName ann"], 1)


def test_the_log_of_a_busy_day_is_whole(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Its head is what the listing names."""
    for number in range(5):
        admin("CreateUser", {"UserName": f"u{number}", "Role": "operator" if number % 2 else "none"})
    listed = admin.ok("ListAuditEntries", {"Limit": 2, "Offset": 1})
    found = bench.store.read_now(lambda uow: checked(uow.audit.entries(account), uow.audit.head(account)))
    assert (found.problem, found.entries) == ("", 5)
    assert (listed["HeadNumber"], listed["HeadDigest"]) == (5, found.head.digest)
    assert [one["Number"] for one in listed["Entries"]] == [4, 3]


class _One:
    """A rate of one call, ever."""

    limit = 1

    def __init__(self) -> None:
        self._taken = False

    async def take(self, bucket, now: float) -> bool:
        taken, self._taken = self._taken, True
        return not taken

"""The request log: gathered in memory, written in batches, found by RequestId."""

import asyncio
from dataclasses import replace

import pytest

from account_bench import AccountBench, Client
from hostward.api.request_log import BATCH, MOST_OF_NOBODY, MOST_WAITING, NOBODY, RequestLog
from hostward.api.trace import Trace
from hostward.domain.ids import AccountId
from hostward.store.memory import MemoryStore
from hostward.usecases.request_records import RequestRecord


@pytest.fixture
def bench() -> AccountBench:
    """A gateway whose requests have ids of their own."""
    bench = AccountBench()
    ids = iter(range(10**6))
    bench.api.gateway._new_request_id = lambda: f"00000000-0000-4000-8000-{next(ids):012}"
    return bench


@pytest.fixture
def account(bench: AccountBench) -> AccountId:
    """An account."""
    return bench.account()


@pytest.fixture
def admin(bench: AccountBench, account: AccountId) -> Client:
    """Its administrator."""
    return bench.client(account)


def write(bench: AccountBench) -> None:
    """What the server does every other second."""
    asyncio.run(bench.api.gateway.request_log.write())


def stored(bench: AccountBench, request_id: str, account: AccountId | None = None) -> RequestRecord | None:
    """A request as it is stored."""
    return bench.store.read_now(lambda uow: uow.requests.find(request_id, account))


def test_a_request_is_found_by_its_id(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Once it is written."""
    answer = admin("ListScanTasks")
    request_id = answer.response["RequestId"]
    assert stored(bench, request_id) is None
    write(bench)
    found = stored(bench, request_id, account)
    assert found is not None
    assert (found.user, found.secret_id, found.service, found.action, found.code) == (
        "admin", admin.secret_id, "hostward", "ListScanTasks", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "service", "code"),
    [
        ("ListScanTasks", "hostward", "UnknownParameter"),
        ("Nonsense", "hostward", "InvalidAction"),
        ("DescribeClusters", "cwp", "InvalidAction"),
    ],
)
def test_a_refused_request_is_kept_with_its_code(
    bench: AccountBench, account: AccountId, admin: Client, action: str, service: str, code: str
) -> None:
    """Under the name that was called."""
    answer = admin(action, {"No": 1}, service=service)
    write(bench)
    found = stored(bench, answer.response["RequestId"], account)
    assert found is not None
    assert (answer.code, found.code, found.action) == (code, code, action)


def test_a_request_of_nobody_belongs_to_no_account(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """Whoever runs the server finds it all the same."""
    answer = Client(bench, admin.secret_id, "wrong")("ListScanTasks")
    write(bench)
    request_id = answer.response["RequestId"]
    assert stored(bench, request_id, account) is None
    found = stored(bench, request_id)
    assert found is not None
    assert (found.account, found.user, found.code) == (NOBODY, "", "AuthFailure.SignatureFailure")


def test_describe_request_tells_what_a_request_was(bench: AccountBench, admin: Client) -> None:
    """A change with its entry of the audit log."""
    answer = admin("CreateUser", {"UserName": "ann", "Role": "operator"})
    write(bench)
    said = admin.ok("DescribeRequest", {"RequestId": answer.response["RequestId"]})
    assert (said["UserName"], said["Action"], said["Code"], said["AuditNumbers"], said["Target"]) == (
        "admin", "CreateUser", "", [1], "UserName ann",
    )  # fmt: skip


def test_a_change_is_told_from_the_audit_log_alone(bench: AccountBench, admin: Client) -> None:
    """Also when the request log has forgotten it."""
    answer = admin("CreateUser", {"UserName": "ann", "Role": "none"})
    said = admin.ok("DescribeRequest", {"RequestId": answer.response["RequestId"]})
    assert (said["Code"], said["DurationMicroseconds"], said["AuditNumbers"]) == ("InvalidParameterValue", 0, [1])


@pytest.mark.parametrize("kind", ["another account's read", "another account's change", "unknown"])
def test_a_request_that_is_not_the_accounts_is_unknown(bench: AccountBench, admin: Client, kind: str) -> None:
    """In the same words."""
    other = bench.client(bench.account("other"), "bob")
    request_id = "unknown"
    if kind != "unknown":
        action = "ListScanTasks" if kind.endswith("read") else "CreateUser"
        request_id = other(action, {}).response["RequestId"]
    write(bench)
    answer = admin("DescribeRequest", {"RequestId": request_id})
    assert answer.code == "InvalidParameterValue"
    assert answer.message.replace(request_id, "X").startswith("no request X of this account is known")


def trace(number: int = 0) -> Trace:
    """A request that was answered."""
    return Trace(id=f"r{number}", started=0.0, source="", called="DescribeX")


@pytest.mark.parametrize("counts", [[1], [BATCH], [BATCH + 1], [5, BATCH], [BATCH - 1, 1, 1], [300, 300]])
def test_batches_fill_before_the_next_is_begun(counts: list[int]) -> None:
    """However many come between two writes, none is lost."""
    bench = AccountBench()
    log = RequestLog(bench.store, bench.clock)
    numbers = iter(range(10_000))
    for count in counts:
        for _ in range(count):
            log.note(trace(next(numbers)), bench.clock.now(), 1.0)
        asyncio.run(log.write())
    batches = bench.store.read_now(lambda uow: [uow.requests.find(f"r{n}", NOBODY) for n in range(sum(counts))])
    assert [one.id for one in batches if one is not None] == [f"r{number}" for number in range(sum(counts))]
    sizes = [len(batch.records) for _, batch in sorted(bench.store._state.requests.items())]
    assert sizes == [BATCH] * (sum(counts) // BATCH) + [sum(counts) % BATCH] * bool(sum(counts) % BATCH)


def test_requests_of_nobody_can_not_grow_memory() -> None:
    """A flood of them waits in small numbers."""
    bench = AccountBench()
    log = RequestLog(bench.store, bench.clock)
    for number in range(MOST_OF_NOBODY + 10):
        log.note(trace(number), bench.clock.now(), 1.0)
    asyncio.run(log.write())
    assert bench.store.read_now(lambda uow: uow.requests.count(NOBODY)) == MOST_OF_NOBODY


def test_waiting_requests_are_bounded(bench: AccountBench, account: AccountId, admin: Client) -> None:
    """When nobody writes them."""
    log = bench.api.gateway.request_log
    log._count = MOST_WAITING
    admin("ListScanTasks")
    assert log._waiting.get(account, []) == []


def test_what_can_not_be_written_is_dropped(bench: AccountBench, admin: Client, monkeypatch) -> None:
    """And the log goes on with the next."""
    admin("ListScanTasks")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "write", None)
        write(bench)
    answer = admin("ListScanTasks")
    write(bench)
    assert stored(bench, answer.response["RequestId"]) is not None


def test_keeping_writes_until_the_end() -> None:
    """What waits when the server stops is written too."""
    bench = AccountBench()
    log = RequestLog(bench.store, bench.clock)

    async def live() -> None:
        task = asyncio.ensure_future(log.keep())
        await asyncio.sleep(0)
        log.note(trace(1), bench.clock.now(), 1.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(live())
    assert bench.store.read_now(lambda uow: uow.requests.count(NOBODY)) == 1


def test_a_key_is_noted_once_a_minute(bench: AccountBench, admin: Client) -> None:
    """However many requests it signs."""
    log = bench.api.gateway.request_log
    noted = []
    for _ in range(45):
        admin("ListScanTasks")
        noted.append(dict(log._used))
        log._used.clear()
    assert [bool(one) for one in noted].count(True) == 3  # three seconds pass with each call


def test_the_duration_is_that_of_the_request() -> None:
    """In microseconds."""
    bench = AccountBench()
    log = RequestLog(bench.store, bench.clock)
    log.note(replace_started(trace(1), 10.0), bench.clock.now(), 10.25)
    asyncio.run(log.write())
    found = bench.store.read_now(lambda uow: uow.requests.find("r1", None))
    assert found is not None
    assert found.took == 250_000


def replace_started(one: Trace, started: float) -> Trace:
    """The request, begun then."""
    return replace(one, started=started)

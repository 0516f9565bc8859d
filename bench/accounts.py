"""What accounts cost: the request log on the hot path, looking a RequestId up, the audit log, a limited user's view.

    python bench/accounts.py [--machines 10000]

CPU of this process (time.process_time), the least of several rounds: other work on the machine only ever adds.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hostward.api.actions import ACTIONS
from hostward.api.authenticator import Caller
from hostward.api.request_log import RequestLog
from hostward.api.trace import Trace
from hostward.domain.account import Role, User
from hostward.domain.audit import Deed, checked
from hostward.domain.ids import AccountId, UserId
from hostward.domain.machine import MachineFacts
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.task import Trigger
from hostward.runtime.clock import SystemClock
from hostward.runtime.ids import request_id
from hostward.store.open import open_sqlite
from hostward.usecases.accounts.limited import store_for
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans import describe
from hostward.usecases.scans.start import start

ACCOUNT = AccountId(1)
USER = User(id=UserId(1), account=ACCOUNT, name="admin", role=Role.ADMINISTRATOR)
CALLER = Caller(user=USER, service="cwp", secret_id="AKID" + "x" * 32)
CLOCK = SystemClock()
GOAL_US = 20.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        store = open_sqlite(Path(name))
        request_log(store, Path(name))
        audit(store)
        limited(store, options.machines)
        store.close()


def request_log(store, folder: Path) -> None:
    """Requests noted and written, so many between two writes."""
    log, ids = RequestLog(store, CLOCK), [request_id() for _ in range(120_000)]
    at = 0
    for size in (10, 100, 1000, 3000):
        rounds = []
        for _ in range(8):
            begun = time.process_time()
            for each in ids[at : at + size]:
                note(log, each)
            noted = time.process_time()
            asyncio.run(log.write())
            rounds.append(((noted - begun) * 1e6 / size, (time.process_time() - noted) * 1e6 / size))
            at = (at + size) % 100_000
        first, then = min(one for one, _ in rounds), min(one for _, one in rounds)
        verdict = "met" if first + then <= GOAL_US else "MISSED"
        print(
            f"request log, {size:5} a write: {first:.1f} us on the hot path + {then:.1f} us to write "
            f"(goal <= {GOAL_US:.0f}: {verdict})"
        )
    for begin in range(0, 110_000, 10_000):
        for each in ids[begin : begin + 10_000]:
            note(log, each)
        asyncio.run(log.write())
    kept = store.read_now(lambda uow: uow.requests.count(ACCOUNT))
    spent = least(lambda: store.read_now(lambda uow: uow.requests.find(ids[15_000], ACCOUNT)), 5)
    size = (folder / "hostward.db").stat().st_size
    print(f"RequestId among {kept}: {spent * 1e3:.1f} ms; the database has {size / 1e6:.1f} MB")


def note(log: RequestLog, request: str) -> None:
    """What the gateway does for a request."""
    trace = Trace(id=request, started=CLOCK.monotonic(), source="127.0.0.1", called="DescribeScanTaskDetails")
    trace.caller, trace.action = CALLER, ACTIONS[0]
    log.note(trace, CLOCK.now(), CLOCK.monotonic())


def audit(store) -> None:
    """Entries added, and a chain walked."""
    deed = Deed(
        account=ACCOUNT, at=CLOCK.now(), user_id=USER.id, user_name=USER.name, secret_id=CALLER.secret_id,
        source="127.0.0.1", service="cwp", action="ScanVul", request_id=request_id(), target="TaskId 1",
        parameters='{"VulLevels":"0","HostType":1,"VulCategories":"0"}', outcome="",
    )  # fmt: skip
    spent = least(lambda: store.write_now(lambda uow: [uow.audit.append(deed) for _ in range(1000)]), 5)
    print(f"audit entry: {spent * 1e3:.0f} us")
    begun = time.process_time()
    found = store.read_now(lambda uow: checked(uow.audit.entries(ACCOUNT), uow.audit.head(ACCOUNT)))
    print(
        f"audit verify: {(time.process_time() - begun) * 1e6 / found.entries:.0f} us an entry, {found.entries} entries"
    )


def limited(store, machines: int) -> None:
    """A page of a task for a user who sees all machines, and for one who sees all of them by a tag."""
    now = CLOCK.now()

    def fill(uow) -> int:
        account = uow.accounts.add_account("default")
        for number in range(machines):
            facts = MachineFacts(
                host_name=f"host-{number}", addresses=("10.0.0.1",), wan_ip="", os_name="Debian", agent_version="0.1.0"
            )
            names = {"quuid": f"q-{number}", "uuid": f"u-{number}"}
            machine = uow.machines.enrol(account, b"%d" % number, facts, **names)
            uow.machines.put_tags(machine.id, ["env=prod" if number % 10 else "env=test"])
        request = ScanRequest(
            options=VulOptions(), content=("1",), scope=Scope(everything=True), timeout=timedelta(hours=1)
        )
        return start(uow, request=request, account=account, by="a", trigger=Trigger.ONE_CLICK, now=now).task

    task = store.write_now(fill)
    for tags in ((), ("env=test",), ("env=prod",)):
        user = User(id=UserId(1), account=ACCOUNT, name="ann", role=Role.OPERATOR, tags=tags)
        view = store_for(store, user)

        def page(view=view) -> int:
            return view.read_now(
                lambda uow: describe.details(
                    uow, account=ACCOUNT, module=Module.VUL, task=task, conditions=(), limit=100, offset=0, now=now
                )
            ).task.tally.machines

        seen, spent = page(), least(page, 5)
        print(f"page of 100 of a task of {machines}, {seen} in sight: {spent * 1e3:.2f} ms")


def least(work: Callable[[], object], rounds: int) -> float:
    """CPU seconds of the fastest round."""
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


if __name__ == "__main__":
    main()

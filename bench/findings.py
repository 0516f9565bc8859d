"""Findings per CPU second: reports as agents send them, from their bytes to the commit.

Run: python bench/findings.py [--reports 4000] [--rows 100] [--leases 20] [--group 8]. Every report is authenticated,
decoded, judged and stored as the server does it, one batch a report. The control takes the same bytes: the same
authentication and decoding, then the same rows with plain sqlite3 into a table of the same shape, as many reports a
commit. What the server does besides (leases, ledger, units, tallies) is the difference. Both are measured in turn
and the best of each counts. Exits with 1 when the server needs more than MOST_TIMES the control, or when findings of a
lease with many cost more than GROWTH times those of one with few.
"""

import argparse
import asyncio
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from hostward.agentlink.auth import Claim, Speaker
from hostward.domain.account import AgentSession
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.machine import MachineFacts
from hostward.domain.module import Module
from hostward.domain.options import MalwareOptions
from hostward.domain.task import Task, Trigger
from hostward.protocol import hello
from hostward.protocol.report import Batch, MalwareRow, Report
from hostward.store.open import open_sqlite
from hostward.store.store import SqlStore
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Lease
from hostward.usecases.scans.accept_report import accept

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BAR = 250_000
MOST_TIMES = 3.5
GROWTH = 1.3
ROUNDS = 3
COLUMNS = 14
Sent = tuple[dict[str, str], bytes]
"""Headers and body of one message."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reports", type=int, default=2000)
    options.add_argument("--rows", type=int, default=100)
    options.add_argument("--leases", type=int, default=20)
    options.add_argument("--group", type=int, default=16)
    chosen = options.parse_args()
    server, few, control = [], [], []
    for _ in range(ROUNDS):
        server.append(through_server(chosen.reports, chosen.leases, chosen.rows, chosen.group))
        few.append(through_server(chosen.reports, chosen.reports // 5, chosen.rows, chosen.group))
        control.append(plain(chosen.reports, chosen.leases, chosen.rows, chosen.group))
    best, floor = max(server), max(control)
    each = chosen.reports * chosen.rows // chosen.leases
    print(f"{chosen.rows} findings a report, {chosen.group} reports a commit:")
    print(f"server: {best:,.0f} findings per CPU second at {each:,} a lease (design: {BAR:,})")
    print(f"server: {max(few):,.0f} at {5 * chosen.rows:,} a lease")
    print(f"control: {floor:,.0f} (authentication, decoding and plain sqlite3)")
    print(f"times the control: {floor / best:.2f}, bar {MOST_TIMES}")
    print(f"many a lease against few: {max(few) / best:.2f}, bar {GROWTH}")
    return int(floor / best > MOST_TIMES or max(few) / best > GROWTH)


def speakers(count: int) -> list[Speaker]:
    """A session for each lease."""
    expires = NOW + timedelta(hours=1)
    return [
        Speaker(
            AgentSession(
                id=f"s{n}", machine=MachineId(n + 1), instance="i", secret=secrets.token_bytes(32), expires=expires
            )
        )
        for n in range(count)
    ]


def messages(who: Sequence[Speaker], reports: int, rows: int) -> list[tuple[int, Sent]]:
    """Reports in turn from all the leases: which lease's, and what is sent."""
    made = []
    for number in range(reports):
        lease, seq = number % len(who), number // len(who)
        found = [finding(seq * rows + place) for place in range(rows)]
        report = Report(lease=lease + 1, batches=[Batch(seq=seq, rows=[*found])], progress=0.5, doing="reading files")
        body = msgspec.json.encode(report)
        session, time_, nonce = who[lease].session, str(NOW.timestamp()), secrets.token_hex(8)
        code = hello.mac(session.secret, method="POST", path=hello.REPORT, time=time_, nonce=nonce, body=body)
        headers = {
            hello.SESSION_HEADER: session.id,
            hello.TIME_HEADER: time_,
            hello.NONCE_HEADER: nonce,
            hello.MAC_HEADER: code,
        }
        made.append((lease, (headers, body)))
    return made


def finding(number: int) -> MalwareRow:
    """One like those that the simulated agents find."""
    return MalwareRow(
        path=b"/srv/www/uploads/%d.php" % number,
        rule="simulated",
        title="A simulated finding",
        engine="simulated",
        level=3,
        size=number,
        sha256=f"{number:064x}",
        matches=["eval("],
    )


def through_server(reports: int, leases: int, rows: int, group: int) -> float:
    """Findings per CPU second of the server's own way."""
    who = speakers(leases)
    sent = messages(who, reports, rows)
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        store = open_sqlite(Path(folder))
        given(store, leases)
        began = time.process_time()
        asyncio.run(report_all(store, who, sent, group))
        spent = time.process_time() - began
        kept = store.read_now(
            lambda uow: sum(len(uow.results.items(MachineId(n + 1), LeaseId(n + 1))) for n in range(leases))
        )
        store.close()
    assert kept == reports * rows, f"{kept} of {reports * rows} findings are there"
    return reports * rows / spent


def found(store: SqlStore, number: int) -> int:
    return store.read_now(lambda uow: len(uow.results.items(MachineId(number), LeaseId(number))))


async def report_all(store: SqlStore, who: Sequence[Speaker], sent: Sequence[tuple[int, Sent]], group: int) -> None:
    for first in range(0, len(sent), group):
        await asyncio.gather(*(report(store, who[lease], one) for lease, one in sent[first : first + group]))


async def report(store: SqlStore, speaker: Speaker, sent: Sent) -> None:
    headers, body = sent
    speaker.check(path=hello.REPORT, headers=Claim(headers), body=body, now=NOW)
    told = msgspec.json.decode(body, type=Report)
    machine = speaker.session.machine
    await store.write(lambda uow: accept(uow, machine=MachineId(machine), report=told, now=NOW))


def given(store: SqlStore, leases: int) -> None:
    """Machines 1 .. with leases of the same numbers."""

    def work(uow: UnitOfWork) -> None:
        account = uow.accounts.add_account("bench")
        facts = MachineFacts(host_name="h", addresses=("10.0.0.1",), wan_ip="", os_name="Debian", agent_version="0.1.0")
        machines = [
            uow.machines.enrol(account, f"k{n}".encode(), facts, quuid=f"q{n}", uuid=f"u{n}").id for n in range(leases)
        ]
        task = started(uow, account, machines)
        for seq, machine in enumerate(machines):
            unit = uow.tasks.unit(task, Seq(seq))
            assert unit is not None
            lease = uow.tasks.next_lease()
            uow.tasks.change(unit, unit.leased(lease, NOW, timedelta(hours=1)), NOW)
            uow.tasks.add_lease(Lease(id=lease, machine=machine, task=task, seq=Seq(seq), run=unit.run, given=NOW))

    store.write_now(work)


def started(uow: UnitOfWork, account: AccountId, machines: Sequence[MachineId]) -> TaskId:
    which = uow.tasks.next_id()
    task = Task(
        id=which,
        account=account,
        module=Module.MALWARE,
        trigger=Trigger.ONE_CLICK,
        options=MalwareOptions(),
        content=(),
        created_by="bench",
        begin=NOW,
        run_begin=NOW,
    )
    units = (
        Unit(task=which, seq=Seq(seq), machine=machine, queue_until=NOW, due=NOW)
        for seq, machine in enumerate(machines)
    )
    return uow.tasks.create(task, units).id


def plain(reports: int, leases: int, rows: int, group: int) -> float:
    """Findings per CPU second of the least that anybody must do."""
    who = speakers(leases)
    sent = messages(who, reports, rows)
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        base = sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        names = "machine, lease, batch, place, account, path, member, rule, title, engine, level, size, sha256, matches"
        base.execute(f"CREATE TABLE f ({names}, PRIMARY KEY (machine, lease, batch, place)) WITHOUT ROWID")
        insert = f"INSERT INTO f VALUES ({', '.join('?' * COLUMNS)})"
        began = time.process_time()
        for first in range(0, len(sent), group):
            base.execute("BEGIN IMMEDIATE")
            for lease, (headers, body) in sent[first : first + group]:
                who[lease].check(path=hello.REPORT, headers=Claim(headers), body=body, now=NOW)
                base.executemany(insert, _plain_rows(lease, msgspec.json.decode(body, type=Report)))
            base.execute("COMMIT")
        spent = time.process_time() - began
        base.close()
    return reports * rows / spent


def _plain_rows(machine: int, told: Report) -> list[tuple[int | str | bytes, ...]]:
    return [
        (machine, told.lease, batch.seq, place, 1, row.path, row.member, row.rule, row.title, row.engine, row.level,
         row.size, row.sha256, "[]")
        for batch in told.batches
        for place, row in enumerate(batch.rows)
        if isinstance(row, MalwareRow)
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

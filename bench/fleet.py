"""Milliseconds of what the console's first pages ask the store of a large fleet: the overview and lists of machines.

Run: python bench/fleet.py [--machines 100000] [--rounds 20] [--postgresql URL]

Every machine has results of two modules, one in twenty with a risk; one in ten is silent. Each question is asked in a
transaction of its own; shown are the median and the 95th percentile of the time on the wall, so that other work on the
machine counts. Exits with 1 when one is above its bar (the URL is of an empty PostgreSQL database; SQLite without it).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hostward.domain.ids import AccountId, LeaseId
from hostward.domain.machine import MachineFacts
from hostward.domain.machine_filter import Text, TextIs
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.store.open import open_postgresql, open_sqlite
from hostward.store.store import SqlStore
from hostward.usecases.machines.listing import online, tagged_listing
from hostward.usecases.overview.look import look
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import MachineCondition, MachineOrder, RiskIn
from hostward.usecases.scans.estimate import estimate

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHUNK = 2000
LIMIT = 100
OVERVIEW_BAR, LIST_BAR = 50.0, 300.0
"""Milliseconds: of an overview and an estimate at the median, of a page of machines at the 95th percentile."""

Question = Callable[[UnitOfWork, AccountId, int], object]


class Case(NamedTuple):
    """A question, and the part of all times (0.5: the median) that must stay below a bar in milliseconds."""

    name: str
    part: float
    bar: float
    ask: Question


def main() -> int:
    """Build, ask, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--postgresql", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        store = open_postgresql(chosen.postgresql, bytes(32)) if chosen.postgresql else open_sqlite(Path(folder))
        account = build(store, chosen.machines)
        good = [asked(store, account, chosen.machines, chosen.rounds, each) for each in QUESTIONS]
        store.close()
    return 0 if all(good) else 1


def build(store: SqlStore, size: int) -> AccountId:
    began = time.perf_counter()
    account = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    fill(store, account, size, NOW)
    print(f"built {size} machines in {time.perf_counter() - began:.1f} s")
    return account


def fill(store: SqlStore, account: AccountId, size: int, now: datetime) -> None:
    """Enrol so many machines as of this time."""
    for first in range(0, size, CHUNK):
        numbers = range(first, min(size, first + CHUNK))
        store.write_now(lambda uow, numbers=numbers: [enrol(uow, account, number, now) for number in numbers])


def enrol(uow: UnitOfWork, account: AccountId, number: int, now: datetime) -> None:
    facts = MachineFacts(
        host_name=f"web-{number * 7919 % 1_000_003}",
        addresses=(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",),
        wan_ip="192.0.2.1",
        os_name="Debian GNU/Linux 12 (bookworm)",
        agent_version="0.1.0" if number % 50 else "0.0.9",
    )
    key = f"k-{number}".encode()
    machine = uow.machines.enrol(account, key, facts, quuid=f"q-{number}", uuid=f"u-{number}").id
    uow.machines.seen(machine, now if number % 10 else now - HOUR)
    risks = int(number % 20 == 1)
    uow.results.make_current(machine, Module.VUL, LeaseId(number), now, risks=3 * risks)
    uow.results.make_current(
        machine, Module.MALWARE, LeaseId(number), now, risks=risks, levels={Level.HIGH: risks} if risks else {}
    )


def listed(*conditions: MachineCondition, deep: bool = False, **order: object) -> Question:
    """A page: the first one, or the last."""

    def ask(uow: UnitOfWork, account: AccountId, size: int) -> object:
        offset = max(0, size - LIMIT) if deep else 0
        return tagged_listing(uow, account=account, conditions=conditions, limit=LIMIT, offset=offset, **order)

    return ask


def forecast(uow: UnitOfWork, account: AccountId, _size: int) -> object:
    return estimate(uow, account=account, module=Module.VUL, quuids=(), tags=(), timeout=HOUR, now=NOW)


NAME = {"order": MachineOrder.HOST_NAME}
SEEN = {"order": MachineOrder.LAST_SEEN}
QUESTIONS = (
    Case("overview", 0.5, OVERVIEW_BAR, lambda uow, account, _size: look(uow, account=account, plans=True, now=NOW)),
    Case("estimate of all", 0.5, OVERVIEW_BAR, forecast),
    Case("machines as enrolled", 0.95, LIST_BAR, listed()),
    Case("machines as enrolled, last page", 0.95, LIST_BAR, listed(deep=True)),
    Case("machines by name", 0.95, LIST_BAR, listed(**NAME)),
    Case("machines by name, last page", 0.95, LIST_BAR, listed(deep=True, **NAME)),
    Case("machines by name, backwards", 0.95, LIST_BAR, listed(descending=True, **NAME)),
    Case("machines by last seen", 0.95, LIST_BAR, listed(**SEEN)),
    Case("machines by last seen, last page", 0.95, LIST_BAR, listed(deep=True, **SEEN)),
    Case("offline machines by name", 0.95, LIST_BAR, listed(online(NOW, wanted=False), **NAME)),
    Case("machines with malware", 0.95, LIST_BAR, listed(RiskIn(modules=(Module.MALWARE,)))),
    Case("machines called like 9999", 0.95, LIST_BAR, listed(TextIs(text=Text.ANY, values=("9999",)), **NAME)),
)


def asked(store: SqlStore, account: AccountId, size: int, rounds: int, case: Case) -> bool:
    """Ask so often and print; whether it is below its bar at its part of all times."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        store.read_now(lambda uow: case.ask(uow, account, size))
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    measured, high = (times[min(rounds - 1, int(rounds * part))] for part in (case.part, 0.95))
    mark = "" if measured <= case.bar else f"  ABOVE {case.bar:.0f}"
    print(f"{case.name:<36}{times[rounds // 2]:>9.1f} ms   p95 {high:>8.1f} ms{mark}")
    return measured <= case.bar


if __name__ == "__main__":
    sys.exit(main())

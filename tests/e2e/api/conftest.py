"""A server with a fleet whose agents work by themselves, and the official clients."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer, served
from hostward.runtime.clock import SystemClock
from hostward.store.open import open_sqlite
from hostward.usecases.accounts.first_run import first_run
from small_fleet import Fleet, finding

STEP = 0.1


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Three machines on SQLite."""
    store = open_sqlite(tmp_path / "data")
    now = SystemClock().now()
    owner = store.write_now(lambda uow: first_run(uow, secret_id=SECRET_ID, secret=SECRET, now=now))
    fleet = Fleet(store=store, account=owner.account, now=now)
    for name in ("web-1", "web-2", "db-1"):
        fleet.add(name)
    yield fleet
    store.close()


@pytest.fixture
def server(fleet: Fleet) -> Iterator[ApiServer]:
    """The fleet's gateway, with the rate that users have."""
    with served(fleet.store) as server:
        yield server


@pytest.fixture
def working(fleet: Fleet) -> Iterator[None]:
    """Agents that take their work, report half of it and then all of it, one machine after the other."""
    over = threading.Event()
    thread = threading.Thread(target=_work, args=(fleet, over), name="agents")
    thread.start()
    yield
    over.set()
    thread.join(20)


def _work(fleet: Fleet, over: threading.Event) -> None:
    while not over.is_set():
        for machine in fleet.machines:
            fleet.now = SystemClock().now()
            for job in fleet.poll(machine, modules=("Malware",)).jobs:
                time.sleep(STEP)
                fleet.report(machine, job.lease, progress=0.5)
                time.sleep(STEP)
                fleet.finish(machine, job.lease, finding(f"/tmp/{machine.quuid}"))
        time.sleep(STEP)

"""A server with a fleet whose agents work by themselves, and the official clients."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer, served
from client_cases import FRESH, MACHINES, ODD
from hostward.api.context import ApiSettings
from hostward.domain.account import ApiKey, Role
from hostward.domain.module import Module
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


@pytest.fixture(scope="session")
def busy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A server with a task over 120 machines, which report all the time while they are asked about."""
    store = open_sqlite(tmp_path_factory.mktemp("busy"))
    now = SystemClock().now()
    owner = store.write_now(lambda uow: first_run(uow, secret_id=SECRET_ID, secret=SECRET, now=now))
    store.write_now(lambda uow: _add_fresh_account(uow, now))
    fleet = Fleet(store=store, account=owner.account, now=now)
    for number in range(MACHINES):
        fleet.add(f"host-{number:03}")
    last = fleet.machines[-1]
    fleet.session(replace(last, facts=replace(last.facts, host_name=ODD)), "renamed")
    fleet.start(Module.VUL)
    over = threading.Event()
    thread = threading.Thread(target=_report, args=(fleet, over), name="agents")
    thread.start()
    with served(store, settings=ApiSettings(rate=1_000_000)) as server:
        yield server
    over.set()
    thread.join(20)
    store.close()


def _add_fresh_account(uow, now: datetime) -> None:
    account = uow.accounts.add_account("fresh")
    user = uow.accounts.add_user(account, "admin", Role.ADMINISTRATOR)
    uow.accounts.add_key(ApiKey(**FRESH, user=user, created=now))


def _report(fleet: Fleet, over: threading.Event) -> None:
    """Agents that take their work and tell of progress for ever: rows and counters never rest."""
    leases = {}
    while not over.is_set():
        for machine in fleet.machines:
            if over.wait(0.02):
                return
            fleet.now = SystemClock().now()
            if machine.id not in leases:
                leases[machine.id] = fleet.poll(machine, modules=("Vul",)).jobs[0].lease
            fleet.report(machine, leases[machine.id], progress=fleet.now.microsecond / 1_000_000)


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

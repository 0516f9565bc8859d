"""Gateways over real HTTP and real stores."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer, served
from hostward.domain.ids import AccountId
from hostward.runtime.clock import SystemClock
from hostward.store.memory import MemoryStore
from hostward.store.open import open_sqlite
from hostward.usecases.accounts.first_run import first_run
from small_fleet import Fleet


@pytest.fixture(params=["memory", "sqlite"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleet]:
    """Three machines of the first account, whose key the tests' client has; the time is the real one."""
    store = MemoryStore() if request.param == "memory" else open_sqlite(tmp_path)
    now = SystemClock().now().replace(microsecond=0)
    owner = store.write_now(lambda uow: first_run(uow, secret_id=SECRET_ID, secret=SECRET, now=now))
    fleet = Fleet(store=store, account=AccountId(owner.account), now=now)
    for name in ("web-1", "web-2", "db-1"):
        fleet.add(name)
    fleet.now += timedelta(seconds=10)  # agents come after what is asked for at the real time
    yield fleet
    store.close()


@pytest.fixture
def server(fleet: Fleet) -> Iterator[ApiServer]:
    """The fleet's gateway behind uvicorn."""
    with served(fleet.store) as server:
        yield server

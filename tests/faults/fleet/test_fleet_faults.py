"""The fault matrix in its short form: a row once, on real processes (scripts/fault_matrix.py has them many times)."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import fault_rows
from fault_disks import small_disk
from fault_fleet import Fleet, fleet
from own_postgres import crashing_postgres
from own_valkey import own_valkey

SEED = 20261124
ONCE = {
    "kill -9 of the server": partial(fault_rows.kill_server, times=1),
    "kill -9 of agents": partial(fault_rows.kill_agent, times=2),
}
"""Rows that are shorter here than in the whole matrix; killing both is killing either."""
ROWS = [(name, ONCE.get(name, row)) for name, row in fault_rows.SHARED if name != "kill -9 of both"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet of two agents that outlives what is done to it."""
    with fleet(tmp_path_factory.mktemp("fleet"), seed=SEED) as made:
        yield made


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_nothing_is_lost_or_doubled(shared: Fleet, name: str, row: fault_rows.Row) -> None:
    """Each acknowledged batch is there once, the tally is the recount, and every unit ended in time."""
    counts = row(shared, random.Random(f"{SEED} {name}"))
    assert counts.faults > 0
    assert counts.units.total() >= shared.machines


def test_twenty_agents_lose_their_server_at_once(tmp_path: Path) -> None:
    """And come back at once."""
    with fleet(tmp_path, seed=SEED, agents=12, together=True) as made:
        counts = fault_rows.reconnect_storm(made, random.Random(SEED))
    assert counts.units == {"ok": 24}


@pytest.mark.needs("mounts")
def test_a_full_disk_of_the_server_loses_nothing(tmp_path: Path) -> None:
    """What could not be kept is sent again."""
    with small_disk(tmp_path / "small", megabytes=48) as folder, fleet(folder, seed=SEED, agents=1) as made:
        counts = fault_rows.full_disk_of_server(made, random.Random(SEED), folder=folder)
    assert counts.units == {"ok": 1}


@pytest.mark.needs("postgres")
def test_a_database_that_crashes_loses_nothing(tmp_path: Path) -> None:
    """Neither of what was acknowledged nor of what was not."""
    with crashing_postgres() as database, fleet(tmp_path, seed=SEED, agents=1, database=database.url) as made:
        counts = fault_rows.database_restart(made, random.Random(SEED), database=database)
    assert counts.units == {"ok": 1}


@pytest.mark.needs("valkey", "valkey-client")
def test_a_lost_valkey_costs_nothing_but_time(tmp_path: Path) -> None:
    """It is down, then silent, then there again."""
    with own_valkey(tmp_path) as valkey:
        folder = tmp_path / "fleet"
        folder.mkdir()
        with fleet(folder, seed=SEED, agents=1, settings={"valkey.url": valkey.url}) as made:
            counts = fault_rows.hints_lost(made, random.Random(SEED), valkey=valkey)
    assert counts.units == {"ok": 3}

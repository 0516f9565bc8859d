"""Rows of the fault matrix that need a place of their own: a small disk, a database, a cache, many agents."""

import random
from pathlib import Path

import pytest

import fault_rows
from fault_disks import small_disk
from fault_fleet import fleet
from own_postgres import crashing_postgres
from own_valkey import own_valkey

SEED = 20261124


def test_twelve_agents_lose_their_server_at_once(tmp_path: Path) -> None:
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


@pytest.mark.needs("mounts")
def test_a_full_disk_of_an_agent_drops_nothing(tmp_path: Path) -> None:
    """Its scan waits until there is room."""
    with small_disk(tmp_path / "small", megabytes=4) as folder, fleet(
        tmp_path, seed=SEED, agents=1, agents_in=folder
    ) as made:  # fmt: skip
        counts = fault_rows.full_disk_of_agent(made, random.Random(SEED), folder=folder)
    assert counts.units == {"ok": 1}


def test_a_spool_whose_files_may_not_grow_drops_nothing(tmp_path: Path) -> None:
    """Results that are more than a file may hold go into several, each removed once its results are acknowledged."""
    with fleet(tmp_path, seed=SEED, agents=1, most=100_000) as made:
        task = made.scan("/find/3000")
        made.finished(task)
        counts = made.check(task, range(3000), must="OK")
    assert counts.findings == 3000


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

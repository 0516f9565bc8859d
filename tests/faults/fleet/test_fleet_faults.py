"""The fault matrix in its short form: a row once, on real processes (scripts/fault_matrix.py has them many times)."""

import random
from collections.abc import Iterator
from functools import partial

import pytest

import fault_rows
from fault_fleet import Fleet, fleet

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

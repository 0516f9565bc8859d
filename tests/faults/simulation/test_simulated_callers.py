"""Starts that are called for again and again while everything goes wrong: one task each, as was foretold of it."""

import pytest

from hostward.domain.client_token import ClientToken
from hostward.store.memory.tasks import MemoryTasks
from simulation.callers import CALLS, Callers
from simulation.history import run
from simulation.oracle import Broken

SEEDS = range(30)


def test_a_token_starts_one_scan_and_each_scan_is_as_was_foretold() -> None:
    """Calls meet, are lost with the server, and come again: over all histories many of each."""
    played = []
    for seed in SEEDS:
        callers = Callers(seed)
        run(seed, more=callers.plan)
        played.append(callers)
    answers = [tasks for callers in played for tasks in callers.answers.values()]
    assert sum(len(tasks) == CALLS for tasks in answers) > len(SEEDS)
    assert sum(len(tasks) < CALLS for tasks in answers) > 0
    assert sum(callers.foretold for callers in played) >= len(answers)
    assert sum(callers.learned for callers in played) > 0


def test_a_token_that_is_not_kept_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same histories, and a server that forgets."""

    def forget(self: MemoryTasks, known: ClientToken) -> None:
        return

    monkeypatch.setattr(MemoryTasks, "add_client_token", forget)
    with pytest.raises(Broken):
        run(0, more=Callers(0).plan)

"""The clock tick that lets figures follow ignore rules."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hostward.domain.ids import RuleId
from hostward.domain.ignoring import IgnoreRule
from hostward.store.memory import MemoryStore
from hostward.wiring import ignoring
from hostward.wiring.ignoring import follow_rules, tick
from store_samples import NOW, match, scan


class At:
    """A clock that stands."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time."""
        return self._now

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


def test_a_tick_follows_rules_and_ends_those_whose_time_is_over() -> None:
    """What was set aside comes back by itself; a second look has nothing to do."""
    store = MemoryStore()
    task = scan(store)
    unit = task.unit(0)
    store.write_now(lambda uow: uow.tasks.record_vuls(unit, [match("CVE-1")]))
    end = NOW + timedelta(hours=1)
    rule = IgnoreRule(id=RuleId(1), account=task.account, key="CVE-1", created=NOW, changed=NOW, expires=end)
    store.write_now(lambda uow: uow.ignores.put(rule))
    seen = []
    for now in (NOW, end, end):
        asyncio.run(tick(store, At(now)))
        seen.append((task.task.tally.vuls, store.read_now(lambda uow: uow.ignores.unsettled())))
    assert seen == [(0, []), (1, []), (1, [])]
    assert store.read_now(lambda uow: uow.ignores.get(task.account, rule.id)) == replace(rule, ended=end)


def test_a_look_that_fails_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else would let figures follow."""
    looked = []

    async def failing(*_: object) -> None:
        looked.append(1)
        if len(looked) == 3:
            raise asyncio.CancelledError
        raise OSError("the disk is full")

    monkeypatch.setattr(ignoring, "tick", failing)
    monkeypatch.setattr(ignoring, "TICK_SECONDS", 0.0)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(follow_rules(MemoryStore(), At(NOW)))
    assert len(looked) == 3

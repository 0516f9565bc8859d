"""Only the process that opened an agent's newest session is listened to."""

from datetime import timedelta

import pytest

from hostward.domain.account import AgentSession
from hostward.domain.errors import AgentRefused
from hostward.usecases.machines.session import check_newest
from small_fleet import BEGIN, Fleet, new_fleet


def session_of(fleet: Fleet, instance: str) -> AgentSession:
    """A session of one process of the first machine's agent."""
    return AgentSession(
        id=instance, machine=fleet.machines[0].id, instance=instance, secret=b"s" * 32,
        expires=BEGIN + timedelta(hours=1),
    )  # fmt: skip


def test_the_process_that_came_last_is_listened_to() -> None:
    """Its sessions, however many it has."""
    fleet = new_fleet()
    fleet.add("web-1")
    fleet.session(fleet.machines[0], "second")
    fleet.store.read_now(lambda uow: check_newest(uow, session_of(fleet, "second")))


def test_a_process_before_it_is_told_to_open_a_session() -> None:
    """Two machines with one key would work on one lease, and mix their results."""
    fleet = new_fleet()
    fleet.add("web-1")
    fleet.session(fleet.machines[0], "second")
    with pytest.raises(AgentRefused, match="another process"):
        fleet.store.read_now(lambda uow: check_newest(uow, session_of(fleet, "first")))

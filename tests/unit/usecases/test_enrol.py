"""Enrolment."""

from datetime import timedelta

import pytest

from hostward.domain.errors import AgentRefused
from hostward.domain.machine import MachineFacts
from hostward.usecases.machines.enrol import allow, enrol
from small_fleet import Fleet

FACTS = MachineFacts(host_name="a", addresses=(), wan_ip="", os_name="Debian", agent_version="0.1.0")


def enrolled(fleet: Fleet, token: str, key: bytes, name: str = "1"):
    """An agent's first contact."""
    return fleet.store.write_now(
        lambda uow: enrol(
            uow, token=token, public_key=key, facts=FACTS, quuid=f"q{name}", uuid=f"u{name}", now=fleet.now
        )
    )


def allowed(fleet: Fleet, token: str, uses: int = 1) -> None:
    """The operator makes a token."""
    fleet.store.write_now(
        lambda uow: allow(uow, token=token, account=fleet.account, uses=uses, life=timedelta(minutes=5), now=fleet.now)
    )


def test_a_token_enrols_as_many_machines_as_it_says(fleet: Fleet):
    """And then no more."""
    allowed(fleet, "t", uses=2)
    enrolled(fleet, "t", b"a" * 32)
    enrolled(fleet, "t", b"b" * 32, "2")
    with pytest.raises(AgentRefused):
        enrolled(fleet, "t", b"c" * 32, "3")


def test_a_key_that_asks_again_gets_the_same_names_although_its_token_is_spent(fleet: Fleet):
    """The first answer may have been lost."""
    allowed(fleet, "t")
    first = enrolled(fleet, "t", b"a" * 32)
    assert enrolled(fleet, "t", b"a" * 32, "other") == first


@pytest.mark.parametrize("token", ["", "unknown"])
def test_an_unknown_token_is_refused(fleet: Fleet, token: str):
    """Only its hash is known here."""
    allowed(fleet, "t")
    with pytest.raises(AgentRefused):
        enrolled(fleet, token, b"a" * 32)


def test_an_expired_token_is_refused(fleet: Fleet):
    """Five minutes."""
    allowed(fleet, "t")
    fleet.later(301)
    with pytest.raises(AgentRefused):
        enrolled(fleet, "t", b"a" * 32)

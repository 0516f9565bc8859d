"""Real agents over loopback: copies of a machine, golden images, keys that change, and an agent that waits."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from hostward.agent import driver, facts, opening
from hostward.agent.driver import Agent
from hostward.agent.events import Trouble
from hostward.agent.facts import read_facts
from hostward.agent.identity import KEY_FILE, KEY_LIFE, NEXT_KEY_FILE, TOKEN_FILE
from hostward.agent.link import Link, RequestFailed
from hostward.usecases.machines import admission
from hostward.usecases.machines.enrol import Offer, make
from link_lab import Lab, open_lab, until


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A server whose polls are answered at once, so that agents speak often."""
    with open_lab(hold=0.2) as opened:
        yield opened


@contextmanager
def running(lab: Lab, data: Path, **options: object) -> Iterator[tuple[Agent, list[str]]]:
    """An agent, and what it told."""
    told: list[str] = []
    agent = lab.agent(data, notice=told.append, **options)  # type: ignore[arg-type]  # a test's own values
    try:
        yield agent, told
    finally:
        agent.stop()


def offered(lab: Lab, **offer: object) -> str:
    """A new token's word."""
    word = f"token-{time.monotonic_ns()}"
    made = Offer(**offer)  # type: ignore[arg-type]  # a test's own values
    now, account = lab.clock.now(), lab.fleet.account
    lab.fleet.store.write_now(lambda uow: make(uow, token=word, account=account, offer=made, by="ann", now=now))
    return word


def online(lab: Lab, count: int = 1) -> None:
    """Wait until so many machines have opened a session."""
    until(lambda: sum(bool(machine.instance) for machine in lab.machines()) == count)


def key_of(lab: Lab) -> bytes:
    """The one machine's key, as the server has it."""
    found = lab.fleet.store.read_now(lambda uow: uow.machines.by_uuid(lab.machines()[0].uuid))
    assert found is not None
    return found[1]


def aged(data: Path) -> None:
    """Make the agent's key as old as it may become."""
    then = time.time() - KEY_LIFE.total_seconds() - 60
    os.utime(data / KEY_FILE, (then, then))


def test_a_copy_that_runs_beside_its_original_is_found_within_seconds(lab: Lab, tmp_path: Path) -> None:
    """Both are kept out, and told what to do; nothing of either is believed meanwhile."""
    with running(lab, tmp_path / "one"):
        online(lab)
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    with (
        running(lab, tmp_path / "one", token="") as (_, first),
        running(lab, tmp_path / "copy", token="") as (_, other),
    ):
        until(lambda: lab.machines()[0].quarantined is not None)
        for told in (first, other):
            until(lambda told=told: any("two machines use this agent's key" in words for words in told))


def test_a_copy_of_an_image_enrols_anew_by_itself(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds another machine-id than it was enrolled on, and the image's token on its disk."""
    word = offered(lab, uses=5, for_image=True)
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / TOKEN_FILE).write_text(word)
    with running(lab, tmp_path / "image", token=word):
        online(lab)
    assert (tmp_path / "image" / TOKEN_FILE).exists()
    shutil.copytree(tmp_path / "image", tmp_path / "copy")
    monkeypatch.setattr(facts, "machine_id", lambda *_files: "another")
    with running(lab, tmp_path / "copy", token=(tmp_path / "copy" / TOKEN_FILE).read_text()):
        online(lab, 2)
    assert len({machine.quuid for machine in lab.machines()}) == 2
    assert [machine.quarantined for machine in lab.machines()] == [None, None]


def test_a_token_for_one_machine_leaves_its_disk(lab: Lab, tmp_path: Path) -> None:
    """Once it is enrolled nobody finds the word there."""
    word = offered(lab)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / TOKEN_FILE).write_text(word)
    with running(lab, tmp_path / "a", token=word):
        online(lab)
        assert not (tmp_path / "a" / TOKEN_FILE).exists()


def test_an_old_key_is_changed_and_the_machine_stays_the_same(lab: Lab, tmp_path: Path) -> None:
    """The server takes the new one alone from then on; the machine keeps its names."""
    data = tmp_path / "a"
    with running(lab, data):
        online(lab)
    before, (machine,) = key_of(lab), lab.machines()
    aged(data)
    with running(lab, data, token=""):
        until(lambda: key_of(lab) != before)
        until(lambda: not (data / NEXT_KEY_FILE).exists())
    with running(lab, data, token=""):
        until(lambda: lab.machines()[0].last_seen > machine.last_seen)
    assert [each.quuid for each in lab.machines()] == [machine.quuid]


def test_an_agent_that_dies_while_its_key_changes_comes_back(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has turned to the new key, and the disk has the old one in its place still."""
    data = tmp_path / "a"
    with running(lab, data):
        online(lab)
    before = key_of(lab)
    aged(data)

    def dies(identity: object, _key: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(opening, "turn_key", dies)
        with running(lab, data, token="") as (_, told):
            until(lambda: any("keeps its old key" in words for words in told))
    assert (key_of(lab) != before, (data / NEXT_KEY_FILE).exists()) == (True, True)
    seen = lab.machines()[0].last_seen
    with running(lab, data, token=""):
        until(lambda: lab.machines()[0].last_seen > seen)
    assert not (data / NEXT_KEY_FILE).exists()


def test_a_machine_that_waits_comes_in_when_it_is_let_in(lab: Lab, tmp_path: Path) -> None:
    """Its agent asks again by itself."""
    word = offered(lab, needs_approval=True, tags=("env=prod",))
    account, store = lab.fleet.account, lab.fleet.store
    with running(lab, tmp_path / "a", token=word):
        until(lambda: store.read_now(lambda uow: uow.enrolments.waiting(account)))
        (waiting,) = store.read_now(lambda uow: uow.enrolments.waiting(account))
        store.write_now(lambda uow: admission.approve(uow, account=account, waiting=waiting.id))
        online(lab)
    assert [machine.quuid for machine in lab.machines()] == [waiting.quuid]


def test_a_flood_of_bad_tokens_is_slowed_down_and_good_ones_are_not(lab: Lab) -> None:
    """From one address; the life of the others goes on."""
    link, troubles = Link(lab.url), []
    for number in range(25):
        with pytest.raises(RequestFailed) as failed:
            link.enroll(f"bad-{number}", bytes(32), read_facts())
        troubles.append(failed.value.trouble)
    link.close()
    assert (troubles[0], troubles[-1]) == (Trouble.UNAUTHORIZED, Trouble.BUSY)
    assert lab.machines() == []


def test_the_driver_uses_the_very_function_that_changes_keys() -> None:
    """What the tests above break is what agents run."""
    assert driver.open_session is opening.open_session
    assert timedelta(days=1) < KEY_LIFE

"""Which order of an agent's processes says that two machines have one key."""

from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.processes import REMEMBERED, Process, Processes

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def told(*words: str, apart: timedelta = timedelta(minutes=5)) -> list[bool]:
    """Whether each session says clone; a word is BOOT/INSTANCE."""
    processes, said = Processes(), []
    for number, word in enumerate(words):
        boot, _, instance = word.partition("/")
        processes, cloned = processes.opened(Process(boot=boot, instance=instance), NOW + number * apart)
        said.append(cloned)
    return said


@pytest.mark.parametrize("words", [
    ("A/1", "A/1", "A/1"),
    ("A/1", "A/2", "A/3", "B/4", "C/5"),
    ("/1", "/2", "/3"),
    ("A/1", "B/2", "A/1", "A/1", "A/3", "A/4"),
], ids=["renewed", "restarted and rebooted", "no boot ids", "set back to a snapshot once"])  # fmt: skip
def test_one_machine_is_no_clone(words: tuple[str, ...]) -> None:
    """Processes only ever go forward; one return may be a snapshot of its memory."""
    assert not any(told(*words))


@pytest.mark.parametrize("words", [
    ("A/1", "B/2", "A/1", "B/2"), ("A/1", "A/2", "A/1", "A/2"), ("A/1", "B/2", "A/3", "B/4"),
], ids=["two hosts", "two copies on one host", "two hosts whose agents restart"])  # fmt: skip
def test_two_that_take_turns_are_clones(words: tuple[str, ...]) -> None:
    """The second return says it."""
    assert told(*words) == [False, False, False, True]


def test_returns_far_apart_are_no_clone() -> None:
    """A machine that is set back to its snapshot every night."""
    assert not any(told("A/1", "B/2", "A/1", "B/3", "A/1", apart=timedelta(hours=2)))


def test_few_processes_are_remembered() -> None:
    """The newest ones: an agent that restarts for ever does not fill the store."""
    processes = Processes()
    for number in range(REMEMBERED + 5):
        processes, _ = processes.opened(Process(boot="A", instance=str(number)), NOW)
    assert [each.instance for each in processes.known] == [str(number) for number in range(5, REMEMBERED + 5)]

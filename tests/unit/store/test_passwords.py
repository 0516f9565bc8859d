"""Argon2id, off the event loop and few at once."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters

from hostward.domain.errors import Conflict
from hostward.store.passwords import AT_ONCE, MOST_WAITING, Cost, Passwords

CHEAP = Cost(kibibytes=64, passes=1, lanes=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """Hashes that cost a test nothing."""
    made = Passwords(CHEAP)
    yield made
    made.close()


class Held(Passwords):
    """Hashes that wait until a test lets them go; counts how many are under way."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.go = threading.Event()
        self.threads: set[str] = set()
        self.most = 0
        self._count = 0
        self._lock = threading.Lock()

    def _work(self, password: str, hashed: str) -> str:
        with self._lock:
            self._count += 1
            self.most = max(self.most, self._count)
            self.threads.add(threading.current_thread().name)
        self.go.wait(10)
        with self._lock:
            self._count -= 1
        return super()._work(password, hashed)


def test_a_password_matches_its_hash_alone(passwords: Passwords) -> None:
    """And is not in it."""

    async def work() -> list[bool]:
        hashed = await passwords.hashed("correct horse battery")
        assert "correct" not in hashed
        return [await passwords.matches(hashed, one) for one in ("correct horse battery", "correct horse batterz", "")]

    assert asyncio.run(work()) == [True, False, False]


def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    """Each has a salt of its own."""

    async def work() -> tuple[str, str]:
        return await passwords.hashed("same"), await passwords.hashed("same")

    one, other = asyncio.run(work())
    assert one != other


@pytest.mark.parametrize("password", ["", "x", "\x00" * 32])
def test_no_password_is_that_of_a_user_without_one(passwords: Passwords, password: str) -> None:
    """Comparing costs as much as with a user who has one: the same parameters, the same work."""
    assert asyncio.run(passwords.matches("", password)) is False
    assert extract_parameters(passwords._nobodys) == extract_parameters(asyncio.run(passwords.hashed("x")))


@pytest.mark.parametrize("hashed", ["plain", "$argon2id$v=19$m=64,t=1,p=1$!!$!!", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_is_nobodys(passwords: Passwords, hashed: str) -> None:
    """It refuses; it does not fail."""
    assert asyncio.run(passwords.matches(hashed, "x")) is False


def test_text_that_is_no_unicode_is_just_a_wrong_password(passwords: Passwords) -> None:
    """JSON can bring half a surrogate pair."""
    assert asyncio.run(passwords.matches("", "\ud800")) is False


def test_the_cost_is_that_of_the_standard() -> None:
    """RFC 9106, 4, second recommended option."""
    made = Passwords()
    parameters = extract_parameters(made._nobodys)
    made.close()
    found = (parameters.memory_cost, parameters.time_cost, parameters.parallelism, parameters.hash_len)
    assert found == (64 * 1024, 3, 4, 32)


def test_few_are_hashed_at_once_off_the_event_loop_and_a_flood_is_refused() -> None:
    """Each holds 64 MiB: memory has a bound, and so has the queue."""
    held = Held()

    async def work() -> int:
        tasks = [asyncio.create_task(held.matches("", "x")) for _ in range(AT_ONCE + MOST_WAITING + 5)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        refused = sum(isinstance(task.exception(), Conflict) for task in done)
        held.go.set()
        rest = await asyncio.gather(*tasks, return_exceptions=True)
        assert rest.count(False) == AT_ONCE + MOST_WAITING
        return refused

    refused = asyncio.run(work())
    held.close()
    assert (refused, held.most <= AT_ONCE) == (5, True)
    assert all(name.startswith("passwords") for name in held.threads)

"""Look-ups of invented SecretIds are gathered; no client that is known waits for them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from api_bench import KEY, SECRET_ID, TurnedClock
from fake_store import FakeStore
from hostward.api.keys import MOST_AT_ONCE, REMEMBERED, RENEWED_BEFORE, KeyRing


class Counting:
    """A store that counts reads, and can be made to hold them or to fail."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.store.accounts.stored[SECRET_ID] = KEY
        self.reads = 0
        self.gate: asyncio.Event | None = None
        self.failure: Exception | None = None

    async def read(self, work: Callable[[object], object]) -> object:
        """As the store does."""
        self.reads += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return await self.store.read(work)


def ring() -> tuple[KeyRing, Counting, TurnedClock]:
    """A key ring, its store and its clock."""
    store, clock = Counting(), TurnedClock()
    return KeyRing(store, clock), store, clock  # type: ignore[arg-type]  # what it needs of a store


def test_ids_that_are_asked_together_are_looked_up_together() -> None:
    """One read of the database for all of them."""

    async def story() -> tuple[list[object], int]:
        keys, store, _ = ring()
        found = await asyncio.gather(*(keys.find(f"AKID{number}") for number in range(100)), keys.find(SECRET_ID))
        return found, store.reads

    found, reads = asyncio.run(story())
    assert (found, reads) == ([None] * 100 + [KEY], 1)


def test_a_read_takes_so_many_ids_at_most() -> None:
    """The rest waits for the next, so that none takes long."""

    async def story() -> int:
        keys, store, _ = ring()
        await asyncio.gather(*(keys.find(f"AKID{number}") for number in range(2 * MOST_AT_ONCE + 1)))
        return store.reads

    assert asyncio.run(story()) == 3


def test_who_asks_for_the_same_id_waits_for_the_same_look_up() -> None:
    """A thousand requests with one wrong id are one read."""

    async def story() -> tuple[set[object], int, int]:
        keys, store, _ = ring()
        found = await asyncio.gather(*(keys.find("AKIDsame") for _ in range(1000)))
        return set(found), store.reads, store.store.accounts.looked_up

    assert asyncio.run(story()) == ({None}, 1, 1)


def test_a_known_client_does_not_wait_for_strangers() -> None:
    """Its key is looked up anew at once, while theirs are under way."""

    async def story() -> object:
        keys, store, clock = ring()
        await keys.find(SECRET_ID)
        store.gate = asyncio.Event()
        strangers = asyncio.gather(*(keys.find(f"AKID{number}") for number in range(50)))
        await asyncio.sleep(0)
        held, store.gate = store.gate, None
        clock.turn(REMEMBERED)
        found = await keys.find(SECRET_ID)
        done = strangers.done()
        held.set()
        await strangers
        return found, done

    assert asyncio.run(story()) == (KEY, False)


def test_a_database_that_fails_is_told_to_those_who_asked_and_tried_anew() -> None:
    """Nothing of the failure is remembered."""

    async def story() -> list[object]:
        keys, store, _ = ring()
        store.failure = OSError("disk")
        failed = await asyncio.gather(keys.find("AKIDa"), keys.find(SECRET_ID), return_exceptions=True)
        store.failure = None
        return [type(one) for one in failed] + [await keys.find(SECRET_ID), keys.remembered]

    assert asyncio.run(story()) == [OSError, OSError, KEY, 1]


def test_a_client_that_hangs_up_takes_nobody_along() -> None:
    """Others who asked for the same id get their answer."""

    async def story() -> object:
        keys, store, _ = ring()
        store.gate = asyncio.Event()
        gone, stays = (asyncio.ensure_future(keys.find(SECRET_ID)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        store.gate.set()
        found = await stays
        with pytest.raises(asyncio.CancelledError):
            await gone
        return found

    assert asyncio.run(story()) == KEY


def test_a_ring_serves_again_after_a_rest() -> None:
    """When nobody asked for a while, the next one asks at once."""

    async def story() -> list[object]:
        keys, _, clock = ring()
        found: list[object] = []
        for _ in range(3):
            found.append(await keys.find("AKIDx"))
            clock.turn(REMEMBERED)
            await asyncio.sleep(0.03)
        return [*found, await keys.find(SECRET_ID)]

    assert asyncio.run(story()) == [None, None, None, KEY]


def test_a_busy_client_never_waits_for_its_key() -> None:
    """It is looked up anew in the background while the old look-up still counts, once."""

    async def story() -> tuple[list[object], int, int]:
        keys, store, clock = ring()
        await keys.find(SECRET_ID)
        store.gate = asyncio.Event()  # whoever waits for the store now waits for ever
        clock.turn(REMEMBERED - RENEWED_BEFORE / 2)
        found = [await keys.find(SECRET_ID) for _ in range(5)]
        await asyncio.sleep(0)
        under_way = store.reads
        store.gate.set()
        await asyncio.sleep(0.01)
        clock.turn(REMEMBERED - RENEWED_BEFORE / 2)
        found.append(await keys.find(SECRET_ID))
        return found, under_way, store.store.accounts.looked_up

    assert asyncio.run(story()) == ([KEY] * 6, 2, 2)


def test_a_key_disabled_meanwhile_is_known_as_such_after_the_renewal() -> None:
    """Within two seconds, as without it."""

    async def story() -> list[bool]:
        keys, store, clock = ring()
        enabled = [(await keys.find(SECRET_ID)).enabled]
        store.store.accounts.stored[SECRET_ID] = replace(KEY, enabled=False)
        clock.turn(REMEMBERED - RENEWED_BEFORE / 2)
        enabled.append((await keys.find(SECRET_ID)).enabled)
        await asyncio.sleep(0.01)
        enabled.append((await keys.find(SECRET_ID)).enabled)
        return enabled

    assert asyncio.run(story()) == [True, True, False]


def test_a_renewal_that_fails_leaves_the_key_until_its_time_is_over() -> None:
    """Then the failure is told to who asks."""

    async def story() -> list[object]:
        keys, store, clock = ring()
        await keys.find(SECRET_ID)
        store.failure = OSError("disk")
        clock.turn(REMEMBERED - RENEWED_BEFORE / 2)
        found: list[object] = [await keys.find(SECRET_ID)]
        await asyncio.sleep(0.01)
        found.append(await keys.find(SECRET_ID))
        clock.turn(RENEWED_BEFORE)
        with pytest.raises(OSError, match="disk"):
            await keys.find(SECRET_ID)
        return found

    assert asyncio.run(story()) == [KEY, KEY]

"""Keys are remembered for two seconds unless they change here, and unknown ids can't fill memory."""

import asyncio

import pytest

from api_bench import KEY, SECRET_ID, ApiBench
from hostward.api.keys import MOST_UNKNOWN, REMEMBERED, KeyRing


def find(api: ApiBench, secret_id: str = SECRET_ID):
    """Ask the key ring."""
    return asyncio.run(api.keys.find(secret_id))


def test_a_key_is_looked_up_once(api: ApiBench):
    """And then remembered."""
    assert [find(api), find(api)] == [KEY, KEY]
    assert api.store.accounts.looked_up == 1


def test_an_unknown_id_is_looked_up_once_too(api: ApiBench):
    """A client with a wrong id costs no query a request."""
    assert [find(api, "AKIDx"), find(api, "AKIDx")] == [None, None]
    assert api.store.accounts.looked_up == 1


def test_a_key_that_another_process_disabled_stops_working_within_two_seconds(api: ApiBench):
    """The look-up counts no longer."""
    find(api)
    api.set_key(enabled=False)
    api.clock.turn(REMEMBERED)
    assert find(api).enabled is False


def test_a_key_that_another_process_made_works_within_two_seconds(api: ApiBench):
    """Even when somebody tried it before it was made."""
    find(api, "AKIDnew")
    api.store.accounts.stored["AKIDnew"] = KEY
    api.clock.turn(REMEMBERED)
    assert find(api, "AKIDnew") == KEY


def test_a_flood_of_unknown_ids_stays_small_and_pushes_no_key_out(api: ApiBench):
    """Strangers can't make the server forget its users."""
    find(api)

    async def strangers():
        asked = await asyncio.gather(*(api.keys.find(f"AKID{number}") for number in range(MOST_UNKNOWN + 500)))
        assert set(asked) == {None}

    asyncio.run(strangers())
    assert api.keys.remembered == MOST_UNKNOWN + 1
    looked_up = api.store.accounts.looked_up
    find(api)
    assert api.store.accounts.looked_up == looked_up


def test_a_key_that_vanished_is_unknown_afterwards(api: ApiBench):
    """It moves from one memory to the other."""
    find(api)
    del api.store.accounts.stored[SECRET_ID]
    api.clock.turn(REMEMBERED)
    assert (find(api), api.keys.remembered) == (None, 1)


def ring(api: ApiBench, changes: list[int]) -> KeyRing:
    """A key ring of a process that has made so many changes as the list holds."""
    return KeyRing(api.store, api.clock, changes=lambda: len(changes))


def test_what_this_process_changed_counts_at_once(api: ApiBench):
    """A key that it disabled, and one that it made after somebody had tried it."""
    changes: list[int] = []
    keys = ring(api, changes)
    assert asyncio.run(keys.find(SECRET_ID)).enabled is True
    assert asyncio.run(keys.find("AKIDnew")) is None
    api.set_key(enabled=False)
    api.store.accounts.stored["AKIDnew"] = KEY
    changes.append(1)
    assert asyncio.run(keys.find(SECRET_ID)).enabled is False
    assert asyncio.run(keys.find("AKIDnew")) == KEY


@pytest.mark.parametrize("known", [False, True])
def test_a_look_up_that_began_before_a_change_answers_nobody_after_it(api: ApiBench, known: bool):
    """Who asks while it is under way is told what is true now, whether the key was known before or not."""
    changes: list[int] = []
    keys = ring(api, changes)

    async def story():
        if known:
            await keys.find(SECRET_ID)
            api.clock.turn(REMEMBERED)
        read, gate = api.store.read, asyncio.Event()

        async def late(work):
            found = await read(work)
            await gate.wait()
            return found

        api.store.read = late
        early = asyncio.ensure_future(keys.find(SECRET_ID))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        api.set_key(enabled=False)
        changes.append(1)
        after = asyncio.ensure_future(keys.find(SECRET_ID))
        gate.set()
        await early
        return await after

    assert asyncio.run(story()).enabled is False

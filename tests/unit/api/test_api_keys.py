"""Keys are remembered for two seconds, and unknown ids can't fill memory."""

import asyncio

from api_bench import KEY, SECRET_ID, ApiBench
from hostward.api.keys import MOST_UNKNOWN, REMEMBERED


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


def test_a_disabled_key_stops_working_within_two_seconds(api: ApiBench):
    """The look-up counts no longer."""
    find(api)
    api.set_key(enabled=False)
    api.clock.turn(REMEMBERED)
    assert find(api).enabled is False


def test_a_new_key_works_within_two_seconds(api: ApiBench):
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

"""The rate limit of one process and the shared one decide alike, whatever the times are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.api.rate_limit import RateLimit
from hostward.api.shared_rate import PREFIX, SCRIPT
from own_valkey import own_valkey

STEP = 15_625
"""Microseconds: 1/64 second, which a float holds exactly, so that both count the same."""

TOLD = "{ARGV[2], ARGV[3]}"
"""The time as the test says, in place of the server's own."""

pytestmark = pytest.mark.needs("valkey", "valkey-client")

steps = st.lists(st.integers(0, 96), min_size=1, max_size=80)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory):
    """The product's script on a real server: (bucket, limit, microseconds) -> 1 or 0."""
    import valkey  # noqa: PLC0415  # the package is no requirement of every server

    with own_valkey(tmp_path_factory.mktemp("valkey")) as server:
        client = valkey.Valkey.from_url(server.url)
        assert SCRIPT.count("redis.call('TIME')") == 1
        run = client.register_script(SCRIPT.replace("redis.call('TIME')", TOLD))
        client.numbers = iter(range(1_000_000))
        yield client, run
        client.close()


def shared(script, limit: int, times: list[int], *, drop=()) -> list[bool]:
    """What the script says at each time (microseconds), in a bucket of its own."""
    client, run = script
    key = f"{PREFIX}{next(client.numbers)}"
    client.delete(key)
    start = 1_790_000_000
    said = []
    for at in times:
        whole, rest = divmod(at, 1_000_000)
        said.append(run(keys=[key], args=[limit, start + whole, rest]) == 1)
    return said


def at_times(gaps: list[int]) -> list[int]:
    """Times in microseconds from the gaps between them."""
    now, times = 0, []
    for gap in gaps:
        now += gap * STEP
        times.append(now)
    return times


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 25), gaps=steps)
def test_both_grant_and_refuse_the_same_requests(script, limit: int, gaps: list[int]) -> None:
    """Every answer, not only their number."""
    times = at_times(gaps)
    alone = RateLimit(limit)
    assert shared(script, limit, times) == [alone.take(1, "a", at / 1_000_000) for at in times]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 5), gaps=steps)
def test_no_second_holds_more_than_the_limit(script, limit: int, gaps: list[int]) -> None:
    """Any closed span of one second, wherever it begins."""
    times = at_times(gaps)
    granted = [at for at, good in zip(times, shared(script, limit, times), strict=True) if good]
    spans = [later - earlier for earlier, later in zip(granted, granted[limit:], strict=False)]
    assert [span for span in spans if span <= 1_000_000] == []


def test_a_clock_set_back_a_little_stands_still(script) -> None:
    """Until it has caught up: stricter for a moment, never looser."""
    times = [1_000_000, 900_000, 900_000, 1_900_000, 2_000_001]
    assert shared(script, 2, times) == [True, True, False, False, True]


def test_a_clock_set_back_by_an_hour_does_not_shut_everybody_out(script) -> None:
    """The log begins anew."""
    hour = 3_600_000_000
    assert shared(script, 1, [2 * hour, hour, hour + 10, hour + 1_000_011]) == [True, True, False, True]


def test_a_bucket_goes_away_by_itself(script) -> None:
    """A server with a million users of yesterday holds none of them."""
    client, run = script
    key = f"{PREFIX}expires"
    run(keys=[key], args=[20, 1_790_000_000, 0])
    assert (0 < client.pttl(key) <= 2000, client.llen(key)) == (True, 1)


def test_a_bucket_holds_no_more_than_the_limit(script) -> None:
    """Whatever was asked."""
    client, run = script
    key = f"{PREFIX}bounded"
    for second in range(50):
        run(keys=[key], args=[3, 1_790_000_000 + 2 * second, 0])
    assert client.llen(key) == 3

"""How long an agent waits."""

from hypothesis import given
from hypothesis import strategies as st

from hostward.agent.effects import Notice
from hostward.agent.outbox import Outbox
from hostward.agent.pace import EMBEDDED, NORMAL, Backoff, Pace


@given(failures=st.integers(1, 60), die=st.floats(0, 1), pace=st.sampled_from([NORMAL, EMBEDDED]))
def test_a_wait_is_never_longer_than_its_bound_nor_nothing(failures: int, die: float, pace: Pace) -> None:
    """At least a tenth of the first wait, at most the longest."""
    backoff = Backoff(pace, lambda: die)
    waits = [backoff.failed() for _ in range(failures)]
    assert all(pace.first_wait / 10 <= wait <= pace.longest_wait for wait in waits)


def test_the_bound_doubles_until_it_is_five_minutes() -> None:
    """1, 2, 4 ... 300."""
    backoff = Backoff(NORMAL, lambda: 1.0)
    assert [backoff.failed() for _ in range(10)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_an_embedded_agent_waits_two_seconds_at_most() -> None:
    """Nobody else is there to be spared."""
    backoff = Backoff(EMBEDDED, lambda: 1.0)
    assert max(backoff.failed() for _ in range(20)) == 2.0


def test_a_success_begins_anew() -> None:
    """The next failure waits like the first."""
    backoff = Backoff(NORMAL, lambda: 1.0)
    for _ in range(5):
        backoff.failed()
    backoff.succeeded()
    assert (backoff.failures, backoff.failed()) == (0, 1.0)


def test_a_server_can_ask_for_time_within_limits() -> None:
    """What it names and up to half more; a mad number is cut."""
    assert Backoff(NORMAL, lambda: 0.0).asked(8.0) == 8.0
    assert Backoff(NORMAL, lambda: 1.0).asked(8.0) == 12.0
    assert Backoff(NORMAL, lambda: 1.0).asked(1e9) == 300.0
    assert Backoff(NORMAL, lambda: 0.0).asked(0.0) == 0.1


def test_a_notice_is_told_once_until_another_comes() -> None:
    """An operator reads each change, not each try."""
    out = Outbox()
    for text in ("a", "a", "", "b", "a"):
        out.notice(text)
    assert out.empty() == [Notice(text="a"), Notice(text="b"), Notice(text="a")]
    assert out.empty() == []

"""How often somebody may try to sign in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.usecases.accounts.throttle import FORGOTTEN, LIMITS, MOST, Sparing, Throttle, network_of

FREE = LIMITS["user"].free


def failed(throttle: Throttle, count: int, *, user: str = "ann", source: str = "10.0.0.1", now: float = 0.0) -> float:
    """Fail so often, each time as soon as it is heard; the time then."""
    for _ in range(count):
        while wait := throttle.take(user, source, now):
            now += wait
    return now


def test_some_tries_are_free_and_then_the_wait_doubles() -> None:
    """A typing mistake costs nothing, guessing costs more and more."""
    throttle = Throttle()
    now = failed(throttle, FREE)
    waits = []
    for _ in range(4):
        wait = throttle.take("ann", "10.0.0.1", now)
        waits.append(wait)
        now += wait
        assert throttle.take("ann", "10.0.0.1", now) == 0
    assert waits == [1, 2, 4, 8]


def test_the_wait_has_an_end() -> None:
    """An attacker can't lock somebody out for days."""
    throttle, now = Throttle(), 0.0
    for _ in range(40):
        while wait := throttle.take("ann", "10.0.0.1", now):
            now += wait
    assert throttle.take("ann", "10.0.0.1", now) == LIMITS["user"].longest


def test_a_name_is_throttled_wherever_the_tries_come_from() -> None:
    """A thousand addresses are no way around it; capitals neither."""
    throttle = Throttle()
    for number in range(FREE):
        assert throttle.take("ann", f"10.0.0.{number}", 0.0) == 0
    assert throttle.take("ANN", "10.0.0.99", 0.0) > 0


def test_an_address_is_throttled_whatever_names_it_tries() -> None:
    """Nor are a thousand names."""
    throttle = Throttle()
    for number in range(LIMITS["source"].free):
        assert throttle.take(f"user{number}", "10.0.0.1", 0.0) == 0
    assert throttle.take("another", "10.0.0.1", 0.0) > 0
    assert throttle.take("another", "10.0.0.2", 0.0) == 0


def test_tries_at_once_count_before_their_outcome_is_known() -> None:
    """So that many at the same moment don't slip through."""
    throttle = Throttle()
    heard = [throttle.take("ann", "10.0.0.1", 0.0) == 0 for _ in range(100)]
    assert heard.count(True) == FREE


def test_signing_in_clears_the_name_but_not_the_address() -> None:
    """Else an attacker's own account would clear what the attacker's guesses cost."""
    throttle = Throttle()
    for number in range(LIMITS["source"].free - 1):
        throttle.take(f"user{number}", "10.0.0.1", 0.0)
    assert throttle.take("mallory", "10.0.0.1", 0.0) == 0
    throttle.signed_in("mallory", "10.0.0.1", 0.0)
    assert throttle.take("ann", "10.0.0.1", 0.0) == 0
    assert throttle.take("bob", "10.0.0.1", 0.0) > 0


def test_a_try_that_is_taken_back_clears_nothing() -> None:
    """A right password without its code is no failure; it must not make guessing codes free either."""
    throttle = Throttle()
    now = failed(throttle, FREE + 3)
    now += throttle.take("ann", "10.0.0.1", now)
    assert throttle.take("ann", "10.0.0.1", now) == 0
    throttle.take_back("ann", "10.0.0.1", now)
    assert throttle.take("ann", "10.0.0.1", now) > 0


def test_tries_without_a_name_count_for_their_address_alone() -> None:
    """Wrong login links of one address don't use up those of another."""
    throttle = Throttle()
    for _ in range(LIMITS["source"].free):
        throttle.take("", "10.0.0.1", 0.0)
    assert throttle.take("", "10.0.0.1", 0.0) > 0
    assert throttle.take("", "10.0.0.2", 0.0) == 0


def test_failures_are_forgotten_after_a_while() -> None:
    """Yesterday's mistakes are no reason to wait today."""
    throttle = Throttle()
    now = failed(throttle, FREE + 2)
    later = now + FORGOTTEN + 1
    assert [throttle.take("ann", "10.0.0.1", later) for _ in range(FREE)] == [0] * FREE


def test_a_flood_of_names_does_not_grow_memory() -> None:
    """The oldest are forgotten."""
    throttle = Throttle()
    for number in range(MOST + 500):
        throttle.take(f"user{number}", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(throttle) <= MOST


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("", "", True),
        ("cli", "other", False),
    ],
)
def test_what_one_customer_has_is_one_source(one: str, other: str, same: bool) -> None:
    """Of IPv6 a whole /64."""
    assert (network_of(one) == network_of(other)) is same


@given(st.lists(st.tuples(st.sampled_from(["take", "back", "won"]), st.floats(0, 5_000)), max_size=60))
def test_no_sequence_of_steps_hears_more_than_the_free_tries_at_one_moment(steps: list[tuple[str, float]]) -> None:
    """Unless one of them signed in."""
    throttle, now = Throttle(), 0.0
    for step, pause in steps:
        now += pause
        if step == "take":
            throttle.take("ann", "10.0.0.1", now)
        elif step == "back":
            throttle.take_back("ann", "10.0.0.1", now)
        else:
            throttle.signed_in("ann", "10.0.0.1", now)
    heard = [throttle.take("ann", "10.0.0.1", now) == 0 for _ in range(50)]
    assert heard.count(True) <= FREE


def test_entries_are_let_through_sparingly() -> None:
    """So many a minute, and again the minute after."""
    sparing = Sparing(most=3, seconds=60.0)
    assert [sparing.allows(float(second)) for second in (0, 1, 2, 3, 59, 60, 61)] == [
        True, True, True, False, False, True, True,
    ]  # fmt: skip

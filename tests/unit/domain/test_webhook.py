"""domain.webhook: when a message is tried again, when it is given up, and how it is signed."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import (
    FIRST_WAIT,
    GIVE_UP,
    LONGEST_WAIT,
    DeliveryState,
    Event,
    Outcome,
    delivery_key,
    signature,
    wait_after,
)
from store_samples import NOW
from webhook_samples import DOWN, OK, delivery, webhook


def test_a_webhook_without_events_is_refused() -> None:
    """It would never be told anything; the test event can't be listened for either."""
    for events in (frozenset(), frozenset({Event.TEST})):
        with pytest.raises(InvalidValue, match=r"scan\.finished, finding\.new"):
            webhook(events=events)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "two\nlines"])
def test_a_name_that_can_not_be_shown_is_refused(name: str) -> None:
    """Empty, too long, or with control characters."""
    with pytest.raises(InvalidValue, match="1 to 64 characters"):
        webhook(name=name)


def test_the_secret_is_in_no_repr() -> None:
    """So that it reaches no log and no traceback."""
    assert "secret 1" not in repr(webhook())


def test_a_disabled_webhook_listens_for_nothing() -> None:
    """Whatever its events are."""
    hook = webhook(events=frozenset({Event.FINDING_NEW}))
    assert [hook.listens(event) for event in Event] == [False, True, False, False]
    assert not hook.switched(enabled=False).listens(Event.FINDING_NEW)


def test_410_switches_a_webhook_off_and_says_why() -> None:
    """The receiver is gone for good; somebody who switches it on again clears the reason."""
    gone = webhook().answered(410, NOW)
    assert (gone.enabled, gone.off_reason, gone.last_status) == (False, "the receiver answered 410 Gone", 410)
    back = gone.switched(enabled=True)
    assert (back.enabled, back.off_reason, back.last_at) == (True, "", NOW)


@pytest.mark.parametrize(
    ("status", "good"), [(200, True), (204, True), (299, True), (302, False), (500, False), (0, False)]
)
def test_only_2xx_is_success(status: int, good: bool) -> None:
    """A redirect is none: it is not followed."""
    outcome = Outcome(status=status)
    assert outcome.is_success == good
    assert (outcome.words == "") == good


def test_a_message_that_was_taken_is_done_and_its_body_is_not_kept() -> None:
    """Nothing else will be done with it."""
    sent = delivery().claimed(NOW).settled(OK, NOW, 0.5)
    assert (sent.state, sent.next, sent.body, sent.attempts, sent.status) == (DeliveryState.SENT, None, "", 1, 200)


def test_waits_double_from_a_minute_to_half_a_day() -> None:
    """Without jitter (0.5 is its middle)."""
    waits = [wait_after(attempts, 0.5) for attempts in (1, 2, 3, 10, 11, 12, 1000)]
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[3:] == [512 * FIRST_WAIT, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_jitter_moves_a_wait_by_a_fifth_at_most(attempts: int, jitter: float) -> None:
    """So that messages that failed together come back apart."""
    middle = wait_after(attempts, 0.5)
    assert 0.8 * middle <= wait_after(attempts, jitter) <= 1.2 * middle + timedelta(microseconds=1)


@given(st.lists(st.floats(0, 1), min_size=40, max_size=40))
def test_a_message_that_is_never_taken_is_given_up_after_48_hours(jitters: list[float]) -> None:
    """Tried until then, the last time at the end of them, and never after."""
    one, now, tries = delivery(), NOW, 0
    for jitter in jitters:
        one = one.claimed(now).settled(DOWN, now, jitter)
        tries += 1
        if one.next is None:
            break
        assert now < one.next <= NOW + GIVE_UP
        now = one.next
    assert (one.state, one.body, one.error) == (DeliveryState.GIVEN_UP, "", DOWN.error)
    assert now == NOW + GIVE_UP
    assert 12 <= tries <= 18


def test_410_gives_a_message_up_at_once() -> None:
    """Whoever says so will not take it later."""
    assert delivery().claimed(NOW).settled(Outcome(status=410), NOW, 0.5).state is DeliveryState.GIVEN_UP


def test_the_key_of_a_message_tells_lives_of_a_database_apart() -> None:
    """A restored database gives numbers again; its messages are others all the same."""
    one = delivery_key(WebhookId(1), Event.SCAN_FINISHED, "task 7 run 1", NOW)
    again = delivery_key(WebhookId(1), Event.SCAN_FINISHED, "task 7 run 1", NOW + timedelta(microseconds=1))
    assert (len(one), one == again) == (32, False)
    assert one == delivery_key(WebhookId(1), Event.SCAN_FINISHED, "task 7 run 1", NOW)


def test_the_signature_is_hmac_sha256_over_timestamp_dot_body() -> None:
    """As the documentation says, reckoned here by other means."""
    expected = hmac.new(b"k", b"1700000000.{}", hashlib.sha256).hexdigest()
    assert signature("k", "1700000000", b"{}") == f"v1={expected}"


def test_a_claim_counts_a_try_and_hides_the_message_for_a_while() -> None:
    """Half a minute: longer than any try takes."""
    claimed = delivery().claimed(NOW)
    assert claimed == replace(delivery(), attempts=1, next=NOW + timedelta(seconds=30))

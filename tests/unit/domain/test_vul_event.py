"""A vulnerability on a machine over time."""

from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import EventId, MachineId, VulId
from hostward.domain.vul_event import MACHINES, VULS, Cause, Span, event_id, event_parts, history_of, stay_of

BEGIN = datetime(2026, 12, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    """So many minutes after the begin."""
    return BEGIN + timedelta(minutes=minute)


def span(since: int, until: int | None = None) -> Span:
    """From one minute to another."""
    return Span(at(since), None if until is None else at(until))


def test_numbers_of_events_are_taken_apart_again() -> None:
    """The largest one still is a whole number in JavaScript."""
    largest = event_id(MachineId(MACHINES - 1), VulId(VULS - 1))
    assert largest == 2**53 - 1
    assert event_parts(largest) == (MACHINES - 1, VULS - 1)
    assert event_parts(event_id(MachineId(3), VulId(7))) == (3, 7)


@pytest.mark.parametrize(("machine", "vul"), [(MACHINES, 1), (1, VULS), (-1, 1), (1, -1)])
def test_numbers_that_would_not_fit_are_refused(machine: int, vul: int) -> None:
    """Rather than be those of another event."""
    with pytest.raises(InvalidValue, match="has no number"):
        event_id(MachineId(machine), VulId(vul))


@pytest.mark.parametrize("number", [-1, 2**53])
def test_what_is_no_event_is_refused(number: int) -> None:
    """By name."""
    with pytest.raises(InvalidValue, match=str(number)):
        event_parts(EventId(number))


def test_spans_that_only_touch_share_nothing() -> None:
    """Their ends are not part of them."""
    assert stay_of(span(0, 5), span(5)) is None
    assert stay_of(span(5), span(0, 5)) is None


@pytest.mark.parametrize(
    ("installed", "advised", "cause"),
    [(span(0, 4), span(1), Cause.PACKAGE), (span(0), span(1, 4), Cause.ADVISORY), (span(0), span(1), None)],
    ids=["package", "advisory", "lasts"],
)
def test_why_a_stay_ended(installed: Span, advised: Span, cause: Cause | None) -> None:
    """The span that ended first says it."""
    stay = stay_of(installed, advised)
    assert stay is not None
    assert (stay.since, stay.cause) == (at(1), cause)


def test_gaps_open_again_and_overlaps_do_not() -> None:
    """The last time without a gap is what counts; a short stay within a longer one ends nothing."""
    always = span(0)
    stays = [stay_of(one, always) for one in (span(1, 3), span(5, 20), span(6, 7), span(20, 30))]
    found = history_of(stay for stay in stays if stay is not None)
    assert (found.oldest, found.first_seen, found.fixed, found.reopened) == (at(1), at(5), at(30), True)

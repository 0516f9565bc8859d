"""Fires over ten years: each day's own, at the asked time, none skipped, none doubled."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.domain.schedule import Cadence, EveryDays, Weekly, Window, next_fire
from hostward.domain.wall_time import instant
from schedule_samples import setting

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca",
        "America/Santiago", "Pacific/Apia",
    )
]  # fmt: skip
BEGIN, END = date(2020, 1, 1), date(2030, 1, 1)
"""Three leap days and, but for Shanghai, some twenty changes of the clocks."""
SECONDS = st.integers(0, 86_399) | st.integers(0, 3 * 3600)
TIMES = SECONDS.map(lambda n: time(n // 3600, n // 60 % 60, n % 60))
MOMENTS = st.integers(0, 8 * 365 * 86_400).map(lambda n: datetime(2020, 4, 1, tzinfo=UTC) + timedelta(seconds=n))
CADENCES = st.builds(EveryDays, days=st.integers(1, 30), first=st.dates(BEGIN, date(2020, 3, 1))) | st.builds(
    Weekly, weekdays=st.frozensets(st.integers(0, 6), min_size=1)
)


def all_fires(cadence: Cadence, at: time, zone: ZoneInfo, spread: timedelta = timedelta(0)) -> list[datetime]:
    """Every fire from the begin to the end."""
    plan, fires = setting(cadence=cadence, at=at), []
    end, moment = instant(END, time(0), zone), instant(BEGIN, time(0), zone) - timedelta(seconds=1)
    while (moment := next_fire(plan, moment, zone, spread)) < end:
        fires.append(moment)
    return fires


def days_of(cadence: Cadence) -> list[date]:
    """The days that a calendar has marked, reckoned another way than the product does."""
    every = (BEGIN + timedelta(days=n) for n in range((END - BEGIN).days))
    if isinstance(cadence, Weekly):
        return [day for day in every if day.weekday() in cadence.weekdays]
    return [day for day in every if day >= cadence.first and (day - cadence.first).days % cadence.days == 0]


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the clock ever shows it: some whole second around has it."""
    wall = datetime.combine(day, at, zone)
    return any(wall.replace(fold=fold).astimezone(UTC).astimezone(zone) == wall for fold in (0, 1))


@settings(max_examples=60, deadline=None)
@given(cadence=CADENCES, at=TIMES, zone=st.sampled_from(ZONES))
def test_each_marked_day_has_its_one_fire(cadence: Cadence, at: time, zone: ZoneInfo) -> None:
    """At the asked time, or, where the clock jumps over it, at the first moment after the jump."""
    fires, days = all_fires(cadence, at, zone), days_of(cadence)
    assert all(earlier < later for earlier, later in pairwise(fires))
    assert len(fires) == len(days)
    for fire, day in zip(fires, days, strict=True):
        local = fire.astimezone(zone)
        if exists(day, at, zone):
            assert (local.date(), local.time(), local.fold) == (day, at, 0)
        else:
            before = (fire - timedelta(seconds=1)).astimezone(zone)
            wall = datetime.combine(day, at, zone)
            assert before < wall < local  # by the clock's face


@settings(max_examples=60, deadline=None)
@given(
    cadence=CADENCES,
    at=TIMES,
    zone=st.sampled_from(ZONES),
    since=MOMENTS,
)
def test_the_next_fire_is_the_first_one_after_any_moment(
    cadence: Cadence, at: time, zone: ZoneInfo, since: datetime
) -> None:
    """It does not matter whether somebody looked at those before."""
    fire = next_fire(setting(cadence=cadence, at=at), since, zone)
    around = (since.date() + timedelta(days=n) for n in range(-2, 64))
    marked = set(days_of(cadence))
    later = [when for day in around if day in marked and (when := instant(day, at, zone)) > since]
    assert fire == min(later)


@settings(max_examples=30, deadline=None)
@given(at=TIMES, zone=st.sampled_from(ZONES), seconds=st.integers(0, 43_200))
def test_a_spread_moves_every_fire_by_the_same(at: time, zone: ZoneInfo, seconds: int) -> None:
    """It makes none more and none less."""
    cadence, spread = EveryDays(days=1, first=BEGIN), timedelta(seconds=seconds)
    plain, moved = all_fires(cadence, at, zone), all_fires(cadence, at, zone, spread)
    assert [fire - spread for fire in moved] in (plain, plain[:-1])


@settings(max_examples=200, deadline=None)
@given(start=TIMES, end=TIMES, zone=st.sampled_from(ZONES), since=MOMENTS)
def test_a_window_is_open_from_its_start_to_its_end(start: time, end: time, zone: ZoneInfo, since: datetime) -> None:
    """And closes at an instant at which it is no longer open, which its end's clock time shows."""
    if start == end:
        return
    window = Window(start=start, end=end)
    closes = window.closes(since, zone)
    if closes is not None:
        assert closes > since
        assert window.closes(closes - timedelta(seconds=1), zone) == closes
        assert window.closes(closes, zone) != closes
        shown = closes.astimezone(zone)
        assert shown.time() == end or not exists(shown.date(), end, zone)
    elif window.includes(since.astimezone(zone).time()):
        # Shut although the clock's face says open: only in a day in which the clock was put back.
        today = since.astimezone(zone)
        offsets = {(today + timedelta(hours=n)).utcoffset() for n in range(-26, 26)}
        assert len(offsets) > 1

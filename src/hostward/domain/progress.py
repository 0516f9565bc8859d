"""How far a task is and how long it will take, from its tally and from how long such scans took here before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import hypot, sqrt

from hostward.domain.durations import UNKNOWN, Durations, Spread, counted, spread_of
from hostward.domain.host_scan import LEASE, WHOLE
from hostward.domain.tally import Tally

ENOUGH = 0.05
"""Share of the work from which the task's own pace says something."""

UNEVEN = 0.16
"""How uneven the words of scanners on their progress are: see _doubt."""

OTHERWISE = 0.35
"""Standard deviation of the logarithm of how much slower a task is than those before it (other files, other load)."""

MOST_AT_WORK = 100
"""Machines at work that are looked at one by one: of more, so many tell what the others are like."""

ALMOST = 99
"""Shown until everything is committed and every machine is final."""

WIDEST = 1e6
"""A task is at most so many times faster or slower than the shape it is compared with."""

HALVINGS = 24
"""How often the range of paces is halved: to less than a millionth of the pace."""

TINY = 1e-3
"""Seconds that a machine at work is old at least."""

WORDS_AGE = 1.0
"""Seconds that what a machine said of its progress is old on the whole: agents speak every two seconds. It matters for
scans of some seconds, of which a second is a good part.
"""

SECOND = timedelta(seconds=1)
ZERO = timedelta(0)


def percent(tally: Tally) -> int:
    """0 to 100: the mean over machines; 100 exactly when every machine is final."""
    if tally.is_done:
        return 100
    return min(ALMOST, tally.progress * 100 // (tally.machines * WHOLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Time left. known is False while nothing better than the deadline is known ("estimating")."""

    left: timedelta
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The times of a task that its end depends on, all counted from now or from the begin of its run.

    elapsed: since the run began. until_deadline: to the latest possible end. until_queue_ends: until machines that
    were not heard of fail. until_last_start: until the last machine is let begin, 0 when all may. ramp: over how long
    the starts were spread. timeout: of one machine from its lease. age: mean time since the machines at work began.
    settled: machines that were final when the run began. at_once: how many may be at work at a time, 0 for all.
    """

    elapsed: timedelta
    until_deadline: timedelta
    until_queue_ends: timedelta = ZERO
    until_last_start: timedelta = ZERO
    ramp: timedelta = ZERO
    timeout: timedelta
    age: timedelta = ZERO
    settled: int = 0
    at_once: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """A machine that holds a lease: for how long, and which share of its work it has done."""

    age: timedelta
    done: float


def time_left(tally: Tally, clocks: Clocks, history: Durations = UNKNOWN, at_work: Sequence[AtWork] = ()) -> Estimate:
    """Time until every machine is final.

    0 exactly when done, at least 1 s before, never beyond the deadline, which it is while nothing is known. A task
    ends with its slowest machine: history gives the spread of such scans, the task's own progress tells how fast it
    goes compared with it, and what each machine at work has done says which the slowest is. at_work: those, of
    many some; () when none is looked at. Machines that are offline hold the task open until their queue ends.
    """
    if tally.is_done:
        return Estimate(left=ZERO, known=True)
    if not tally.scanning:
        # Only confirmations of a stop are missing, and a lease that stays silent ends.
        return _bounded(min(LEASE, clocks.until_deadline), clocks)
    view = _view(tally, clocks, history)
    if not history.scans and view.share < ENOUGH:
        return replace(_bounded(clocks.until_deadline, clocks), known=False)
    seconds = max(_of_each(view, at_work) if at_work else _at_work(view), _waiting(view))
    return _bounded(max(timedelta(seconds=seconds), clocks.until_queue_ends if tally.absent else ZERO), clocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """The same in plain numbers. share: of the work of all machines that began; done: of those still at work."""

    clocks: Clocks
    spread: Spread
    scale: float
    share: float
    working: int
    done: float
    age: float
    waiting: int
    has_history: bool


def _view(tally: Tally, clocks: Clocks, history: Durations) -> _View:
    working, waiting = tally.leased + tally.running + tally.stopping, tally.pending - tally.absent
    ended = max(0, tally.final - clocks.settled)
    begun = working + ended
    half_way = max(0, tally.progress - tally.final * WHOLE) / WHOLE
    share = min(1.0, (ended + half_way) / begun) if begun else 0.0
    spread, has_history = spread_of(history), bool(history.scans)
    age = clocks.age.total_seconds()
    scale = _scale(spread, share, age if not ended else max(age, _since(clocks)), has_history=has_history)
    done = min(1.0, half_way / working) if working else 0.0
    return _View(
        clocks=clocks, spread=spread, scale=scale, share=share, working=working, done=done, age=age, waiting=waiting,
        has_history=has_history,
    )  # fmt: skip


def _since(clocks: Clocks) -> float:
    """How long ago, on the whole, the machines began that have begun by now."""
    return (clocks.elapsed - min(clocks.elapsed, clocks.ramp) / 2).total_seconds()


def _scale(spread: Spread, share: float, age: float, *, has_history: bool) -> float:
    """How many times slower than its spread the task is; 1 before anything can be seen of it."""
    if share <= 0 or age <= 0:
        return 1.0
    low, high = 1 / WIDEST, WIDEST
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        if spread.share_done(age, middle) > share:
            low = middle
        else:
            high = middle
    seen = (low * high) ** 0.5
    return float(seen ** _trust(share, OTHERWISE)) if has_history else seen


def _doubt(done: float) -> float:
    """Standard deviation of the logarithm of what age / done says of the whole, when that share is done.

    Scanners don't know their work before they have looked: they begin slower or faster than they go on. The form is
    that of recorded scans (bench/eta.py).
    """
    return UNEVEN * (1 - done) / sqrt(done)


def _trust(done: float, spread: float) -> float:
    """How much progress counts beside what was known before, whose logarithm has that standard deviation."""
    return spread**2 / (spread**2 + _doubt(done) ** 2) if done > 0 else 0.0


def _at_work(view: _View) -> float:
    """Seconds until the last of the machines at work is done."""
    if not view.working:
        return 0.0
    total = view.spread.longest_of(view.working, age=view.age, scale=view.scale)
    if view.done > 0 and view.age > 0:
        # One machine is done when it has done its work; of many the mean says little of the slowest.
        trust = 1 / view.working * (_trust(view.done, view.spread.deviation) if view.has_history else 1.0)
        total = total ** (1 - trust) * (view.age / view.done) ** trust
    return max(0.0, min(total, view.clocks.timeout.total_seconds()) - view.age)


def _of_each(view: _View, at_work: Sequence[AtWork]) -> float:
    """The same, from what each of them has done: the less that is, the more it may be the slowest of its group."""
    timeout = view.clocks.timeout.total_seconds()
    trusts = [_trust_in(view, one) for one in at_work]
    unsure = sum(1 - trust for trust in trusts) / len(at_work) * view.working
    slowest = view.spread.longest_of(unsure, age=view.age, scale=view.scale)
    ends, totals = 0.0, []
    for one, trust in zip(at_work, trusts, strict=True):
        age = max(one.age.total_seconds(), TINY)
        total = slowest ** (1 - trust) * (_spoken(age) / one.done) ** trust if trust else slowest
        ends = max(ends, min(total, timeout) - age)
        totals.append(timedelta(seconds=min(total, timeout)))
    if len(at_work) < view.working:
        # These are some of them: what all of them come to is reckoned from how much these differ.
        longest = spread_of(counted(totals)).longest_of(view.working, age=view.age, scale=1.0)
        ends = max(ends, min(longest, timeout) - view.age)
    return ends


def _spoken(age: float) -> float:
    """How old the machine's work was when it last said how far it is."""
    return max(age - WORDS_AGE, age / 2)


def _trust_in(view: _View, one: AtWork) -> float:
    """How much this machine's own progress counts: all, where nothing was known before or it outlived all of that."""
    if one.done <= 0:
        return 0.0
    if not view.has_history:
        return 1.0
    known = _trust(one.done, hypot(view.spread.deviation, OTHERWISE))
    return max(known, view.spread.outlived(one.age.total_seconds(), view.scale))


def _waiting(view: _View) -> float:
    """Seconds until the last of the machines that have not begun is done."""
    if not view.waiting:
        return 0.0
    at_once = view.clocks.at_once or view.waiting
    total = view.spread.longest_of(min(view.waiting, at_once), age=0.0, scale=view.scale)
    # Where only some may be at work at a time each round takes as long as its slowest machine, that of today's too.
    rounds = -(-(view.waiting + (view.working if view.clocks.at_once else 0)) // at_once)
    each = min(total, view.clocks.timeout.total_seconds())
    return view.clocks.until_last_start.total_seconds() + rounds * each


def _bounded(left: timedelta, clocks: Clocks) -> Estimate:
    return Estimate(left=max(min(left, clocks.until_deadline), SECOND), known=True)

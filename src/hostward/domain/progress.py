"""How far a task is and how long it will take, from its tally alone."""

from dataclasses import dataclass
from datetime import timedelta

from hostward.domain.host_scan import WHOLE
from hostward.domain.tally import Tally

ENOUGH = 0.05
"""Share of the work from which the task's own pace says something."""

ALMOST = 99
"""Shown until everything is committed and every machine is final."""


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


def time_left(tally: Tally, *, elapsed: timedelta, until_deadline: timedelta, typical: timedelta | None) -> Estimate:
    """Time until every machine is final.

    elapsed: since the begin of the run. until_deadline: to the latest possible end; bounds the answer. typical:
    how long a scan of this module usually takes a machine here, None when none has ended yet. 0 exactly when
    done, at least 1 s before. The task's own pace counts the more the further it is; before that, history.
    """
    if tally.is_done:
        return Estimate(left=timedelta(0), known=True)
    share = tally.progress / (tally.machines * WHOLE)
    pace = elapsed * (1 - share) / share if share >= ENOUGH else None
    history = max(typical * (1 - share), typical - elapsed) if typical is not None and typical else None
    guess = _blend(pace, history, share)
    left = until_deadline if guess is None else min(guess, until_deadline)
    return Estimate(left=max(left, timedelta(seconds=1)), known=guess is not None)


def _blend(pace: timedelta | None, history: timedelta | None, share: float) -> timedelta | None:
    if pace is None or history is None:
        return pace if history is None else history
    return pace * share + history * (1 - share)

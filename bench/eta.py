"""Error of the time left that a task shows, beside straight-line extrapolation.

Run: python bench/eta.py [--tasks 60] [--seed 1] [--record FOLDER]

Synthetic tasks: the machines' lengths come from a distribution, their starts and offline shares from the scenario, and
the history from earlier tasks of the same kind (none where the scenario says so). Recorded tasks: what scans of a real
machine said of their progress (tests/data/scan_progress), replayed one at a time and together. The error at 10, 20, 50
and 80 % of a task's time is |time left shown - true time left| / true time left. Exits with 1 when the median is above
25 % after 20 % on a steady task, or worse than the straight line (by more than 2 points, which is chance) at one of the
four times of a synthetic task, or over the four together of recorded ones: what scanners say of their progress is so
uneven that a straight line is right by luck where it crosses the truth.

--record FOLDER scans this machine and writes what its scans said of their progress.
"""

import argparse
import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import geometric_mean, median

import msgspec

from hostward.domain.durations import UNKNOWN, Durations, counted
from hostward.domain.host_scan import WHOLE
from hostward.domain.progress import MOST_AT_WORK, AtWork, Clocks, time_left
from hostward.domain.tally import Tally

POINTS = (0.1, 0.2, 0.5, 0.8)
TIMEOUT = 3600.0
BAR = 0.25
AFTER = 0.2
CHANCE = 0.02
RECORDED = Path(__file__).parent.parent / "tests" / "data" / "scan_progress"

Curve = Sequence[tuple[float, float]]
Draw = Callable[[random.Random], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """When it begins, how long it takes, and what it says meanwhile: (share of its time, share of its work)."""

    begin: float
    took: float
    curve: Curve = ((0.0, 0.0), (1.0, 1.0))

    @property
    def ends(self) -> float:
        return self.begin + min(self.took, TIMEOUT)

    def done(self, now: float) -> float:
        """What it has said by now; it speaks every other second."""
        at = max(0.0, (now - self.begin) // 2 * 2) / self.took
        place = bisect_right(self.curve, at, key=lambda point: point[0])
        (x0, y0) = self.curve[place - 1]
        (x1, y1) = self.curve[min(place, len(self.curve) - 1)]
        return min(0.9999, y0 if x1 == x0 else y0 + (y1 - y0) * (at - x0) / (x1 - x0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Machines that begin, machines that never come, and what was known before."""

    machines: Sequence[Machine]
    absent: int = 0
    ramp: float = 0.0
    queue: float = TIMEOUT
    history: Durations = UNKNOWN

    @property
    def ends(self) -> float:
        return max([one.ends for one in self.machines] + [self.queue] * bool(self.absent))

    @property
    def deadline(self) -> float:
        return self.queue + TIMEOUT + 40

    def at(self, now: float) -> tuple[Tally, list[AtWork]]:
        """The tally, and the machines at work."""
        running = [one for one in self.machines if one.begin <= now < one.ends]
        over = sum(one.ends <= now for one in self.machines)
        waiting = len(self.machines) - len(running) - over
        tally = Tally(
            machines=len(self.machines) + self.absent,
            pending=waiting + self.absent,
            absent=self.absent,
            running=len(running),
            ok=over,
            progress=over * WHOLE + sum(int(one.done(now) * WHOLE) for one in running),
        )
        return tally, [AtWork(age=timedelta(seconds=now - one.begin), done=one.done(now)) for one in running]

    def shown(self, now: float) -> float:
        """The time left."""
        tally, working = self.at(now)
        age = sum((one.age for one in working), timedelta(0)) / max(1, len(working))
        clocks = Clocks(
            elapsed=timedelta(seconds=now),
            until_deadline=timedelta(seconds=self.deadline - now),
            until_queue_ends=timedelta(seconds=max(0.0, self.queue - now)),
            until_last_start=timedelta(seconds=max(0.0, self.ramp - now)),
            ramp=timedelta(seconds=self.ramp),
            timeout=timedelta(seconds=TIMEOUT),
            age=age,
        )
        return time_left(tally, clocks, self.history, working[:MOST_AT_WORK]).left.total_seconds()

    def straight(self, now: float) -> float:
        """What a straight line through 0 and now says."""
        tally, _ = self.at(now)
        share = tally.progress / (tally.machines * WHOLE)
        return min(self.deadline - now, now * (1 - share) / share) if share else self.deadline - now


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Tasks of one kind. absent, ramp: shares of the machines and of the median length. slower: than its history."""

    name: str
    draw: Draw
    machines: int
    absent: float = 0.0
    ramp: float = 0.0
    slower: float = 1.0
    has_history: bool = True
    steady: bool = False

    def task(self, random_: random.Random) -> Task:
        took = [self.draw(random_) * self.slower for _ in range(self.machines)]
        gone = int(self.machines * self.absent)
        ramp = self.ramp * median(took)
        present = [Machine(begin=1.0 + random_.random() * 2 + random_.random() * ramp, took=one) for one in took[gone:]]
        past = [timedelta(seconds=min(self.draw(random_), TIMEOUT)) for _ in range(max(20, 2 * self.machines))]
        history = counted(past) if self.has_history else UNKNOWN
        return Task(machines=present, absent=gone, ramp=ramp, history=history)


def uniform(low: float, high: float) -> Draw:
    return lambda random_: random_.uniform(low, high)


def lognormal(middle: float, spread: float) -> Draw:
    return lambda random_: middle * random_.lognormvariate(0.0, spread)


def heavy(random_: random.Random) -> float:
    """A Pareto tail of exponent 1.5: one machine in thirty takes ten times as long as the fastest."""
    return 60.0 * random_.paretovariate(1.5)


def classes(random_: random.Random) -> float:
    """Four in five are small machines, one is a file server."""
    small = random_.random() < 0.8
    return (90.0 if small else 900.0) * random_.lognormvariate(0.0, 0.2)


SCENARIOS = (
    Scenario(name="uniform, 200 machines", draw=uniform(120, 480), machines=200, steady=True),
    Scenario(name="uniform, 10 machines", draw=uniform(120, 480), machines=10, steady=True),
    Scenario(name="uniform, 1 machine", draw=uniform(120, 480), machines=1, steady=True),
    Scenario(name="uniform, 200, no history", draw=uniform(120, 480), machines=200, has_history=False),
    Scenario(name="log-normal 0.5, 200 machines", draw=lognormal(240, 0.5), machines=200, steady=True),
    Scenario(name="log-normal 0.5, 5 machines", draw=lognormal(240, 0.5), machines=5, steady=True),
    Scenario(name="log-normal 0.5, 200, no history", draw=lognormal(240, 0.5), machines=200, has_history=False),
    Scenario(name="log-normal 0.5, 200, twice as slow", draw=lognormal(240, 0.5), machines=200, slower=2.0),
    Scenario(name="log-normal 0.5, 200, half as slow", draw=lognormal(240, 0.5), machines=200, slower=0.5),
    Scenario(name="heavy tail, 200 machines", draw=heavy, machines=200),
    Scenario(name="heavy tail, 2,000 machines", draw=heavy, machines=2000),
    Scenario(name="heavy tail, 200, no history", draw=heavy, machines=200, has_history=False),
    Scenario(name="one in ten offline, 200", draw=lognormal(240, 0.5), machines=200, absent=0.1),
    Scenario(name="ramp of twice a scan, 200", draw=lognormal(240, 0.3), machines=200, ramp=2.0, steady=True),
    Scenario(name="two classes of machines, 200", draw=classes, machines=200, steady=True),
    Scenario(name="two classes, 200, no history", draw=classes, machines=200, has_history=False),
)


def recorded() -> Iterator[tuple[str, Callable[[random.Random], Task]]]:
    """Recorded scans: each again with the others of its module as history, and thirty at a time."""
    by_module: dict[str, list[tuple[float, Curve]]] = {}
    for path in sorted(RECORDED.glob("*.json")):
        for one in msgspec.json.decode(path.read_bytes()):
            by_module.setdefault(one["module"], []).append((one["seconds"], [tuple(point) for point in one["curve"]]))
    for module, scans in by_module.items():
        yield f"recorded {module}, 1 machine", lambda random_, scans=scans: _replayed(random_, scans, 1)
        yield f"recorded {module}, 30 machines", lambda random_, scans=scans: _replayed(random_, scans, 30)


def _replayed(random_: random.Random, scans: list[tuple[float, Curve]], machines: int) -> Task:
    chosen = [random_.choice(scans) for _ in range(machines)]
    past = [timedelta(seconds=random_.choice(scans)[0]) for _ in range(20)]
    begun = [Machine(begin=random_.random(), took=took, curve=curve) for took, curve in chosen]
    return Task(machines=begun, history=counted(past))


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path)
    chosen = parser.parse_args()
    if chosen.record:
        import record_scans  # noqa: PLC0415  # starts a server: only where it is asked for

        return record_scans.record(chosen.record)
    print(f"{'median (p90) error of the time left at':<40}" + "".join(f"{point:>19.0%}" for point in POINTS))
    good = [_measured(one.name, one.task, chosen, steady=one.steady) for one in SCENARIOS]
    good += [_measured(name, make, chosen, together=True) for name, make in recorded()]
    return 0 if all(good) else 1


def _measured(
    name: str,
    make: Callable[[random.Random], Task],
    chosen: argparse.Namespace,
    *,
    steady: bool = False,
    together: bool = False,
) -> bool:
    random_ = random.Random(f"{chosen.seed} {name}")
    tasks = [make(random_) for _ in range(chosen.tasks)]
    ours = [[_error(task, task.shown, point) for task in tasks] for point in POINTS]
    line = [[_error(task, task.straight, point) for task in tasks] for point in POINTS]
    if together:
        good = geometric_mean(map(_middle, ours)) <= geometric_mean(map(_middle, line))
    else:
        steadily = [steady and point >= AFTER for point in POINTS]
        good = all(_holds(*each) for each in zip(ours, line, steadily, strict=True))
    for label, errors in ((name, ours), ("    straight line", line)):
        print(f"{label:<40}" + "".join(f"{median(each):>10.0%} ({_high(each):>5.0%})" for each in errors))
    if not good:
        print("    ABOVE THE BAR")
    return good


def _error(task: Task, shown: Callable[[float], float], point: float) -> float:
    now = task.ends * point
    true = task.ends - now
    return abs(shown(now) - true) / true


def _middle(errors: list[float]) -> float:
    """The median, at least a percent: no estimate is better than its readers' clocks."""
    return max(0.01, median(errors))


def _high(errors: list[float]) -> float:
    return sorted(errors)[int(len(errors) * 0.9)]


def _holds(mine: list[float], other: list[float], barred: bool) -> bool:
    return median(mine) <= median(other) + CHANCE and (not barred or median(mine) <= BAR)


if __name__ == "__main__":
    sys.exit(main())
